#include "learning_loop/detector/outbox/outbox.h"

#include "support/keep_one.h"
#include "support/run.h"
#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t any_bytes = 1 << 30;

struct OutboxTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    OutboxLimits limits;
    std::optional<Outbox> outbox;

    OutboxTest() { limits.min_free_disk_bytes = 0; }

    Outbox& start() { return outbox.emplace(io.executor(), folder.path(), limits); }
    Result<OutboxItem> keep(std::string const& jpeg, bool priority = false)
    {
        return test::keep_one(io, *outbox, jpeg, "{}", priority);
    }
    std::string id_of_kept(std::string const& jpeg, bool priority = false) { return keep(jpeg, priority).value().id; }
    std::vector<std::string> next(std::size_t max_images = 100, std::uint64_t max_bytes = any_bytes)
    {
        std::vector<std::string> ids;
        for (auto const& item : outbox->take_batch(max_images, max_bytes)) ids.push_back(item.id);
        return ids;
    }
    std::vector<std::string> look()
    {
        auto const batch = outbox->take_batch(100, any_bytes);
        outbox->release(batch);
        std::vector<std::string> ids;
        for (auto const& item : batch) ids.push_back(item.id);
        return ids;
    }
    void put_item(std::string const& place, std::string const& id)
    {
        test::put(folder / place / id / ("image_" + id + ".jpg"), "jpeg");
        test::put(folder / place / id / ("image_" + id + ".json"), "{}");
    }
    std::size_t entries(std::string const& place)
    {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder / place), fs::directory_iterator()));
    }
};

using Ids = std::vector<std::string>;

TEST_F(OutboxTest, counts_what_is_removed_twice_once)
{
    limits.max_bytes = 10;
    start();
    auto const item = test::keep_one(io, *outbox, "12345678", "{}", true).value();
    io.run(outbox->remove({item}));
    io.run(outbox->remove({item}));
    EXPECT_TRUE(keep("12345678", true));
    EXPECT_EQ(keep("12345678", true).error().code, Errc::out_of_space);
}

TEST_F(OutboxTest, keeps_an_image_as_two_files)
{
    start();
    auto const item = test::keep_one(io, *outbox, "the jpeg", R"({"tags":[]})", false).value();
    EXPECT_EQ(test::bytes_of(folder / "normal" / item.id / ("image_" + item.id + ".jpg")), "the jpeg");
    EXPECT_EQ(test::bytes_of(folder / "normal" / item.id / ("image_" + item.id + ".json")), R"({"tags":[]})");
    EXPECT_EQ(entries("tmp"), 0u);
    EXPECT_EQ(outbox->folder_of(item), folder / "normal" / item.id);
}

TEST_F(OutboxTest, keeps_several_images_or_none_of_them)
{
    limits.max_bytes = 20;
    start();
    auto const images = [](std::string const& last) {
        std::vector<NewOutboxImage> all;
        for (auto const& jpeg : {std::string("12345678"), last}) all.push_back({Bytes(jpeg), "{}"});
        return all;
    };
    EXPECT_EQ(io.run(outbox->keep(images("too long for the room"), true)).error().code, Errc::out_of_space);
    EXPECT_TRUE(outbox->empty());
    EXPECT_EQ(io.run(outbox->keep(images("1"), true)).value().size(), 2u);
    EXPECT_EQ(outbox->images(), 2u);
}

TEST_F(OutboxTest, leaves_nothing_of_several_images_if_the_disk_fails_at_the_last)
{
    start();
    std::vector<NewOutboxImage> images;
    for (std::size_t const bytes : {10, 100'000}) images.push_back({Bytes(std::string(bytes, 'x')), "{}"});
    {
        test::ShortOfSpace const limit(50'000);
        EXPECT_EQ(io.run(outbox->keep(std::move(images), false)).error().code, Errc::out_of_space);
    }
    EXPECT_TRUE(outbox->empty());
    EXPECT_EQ(entries("normal") + entries("tmp"), 0u);
    EXPECT_EQ(outbox->bytes(), 0u);
}

TEST_F(OutboxTest, takes_over_what_an_earlier_process_kept)
{
    start();
    auto const normal = id_of_kept("a");
    auto const priority = id_of_kept("b", true);
    start();
    EXPECT_FALSE(outbox->empty());
    EXPECT_EQ(look(), (Ids{priority, normal}));
}

TEST_F(OutboxTest, takes_over_what_a_peer_kept)
{
    put_item("normal", "2024-01-31_12:00:00.123456");
    start();
    EXPECT_EQ(look(), Ids{"2024-01-31_12:00:00.123456"});
}

TEST_F(OutboxTest, sweeps_what_nobody_was_told_of)
{
    test::put(folder / "tmp/half/image_half.jpg", "x");
    start();
    EXPECT_EQ(entries("tmp"), 0u);
    EXPECT_TRUE(outbox->empty());
}

TEST_F(OutboxTest, moves_strangers_aside_with_the_reason)
{
    put_item("normal", "good");
    put_item("elsewhere", "linked");
    test::put(folder / "normal/stray file", "x");
    test::put(folder / "normal/half/image_half.jpg", "x");
    test::put(folder / "normal/empty/image_empty.jpg", "");
    test::put(folder / "normal/empty/image_empty.json", "{}");
    fs::create_directories(folder / "priority/nothing");
    fs::create_directory_symlink(folder / "elsewhere/linked", folder / "normal/linked");
    fs::create_symlink("nowhere", folder / "normal/broken link");
    fs::create_symlink("circle", folder / "normal/circle");
    start();
    EXPECT_EQ(look(), Ids{"good"});
    EXPECT_EQ(entries("normal") + entries("priority"), 1u);
    auto const reason = [&](std::string const& name) {
        return test::bytes_of(folder / "rejected" / name / "reason.txt");
    };
    for (auto const* name : {"stray file", "linked", "broken link", "circle"})
        EXPECT_EQ(reason(name), "no image of this outbox: it is no folder\n") << name;
    EXPECT_EQ(reason("half"), "no image of this outbox: there is no file image_half.json\n");
    EXPECT_EQ(reason("empty"), "no image of this outbox: image_empty.jpg is empty\n");
    EXPECT_EQ(reason("nothing"), "no image of this outbox: there is no file image_nothing.jpg\n");
    EXPECT_EQ(test::bytes_of(folder / "rejected/half/half/image_half.jpg"), "x");
    EXPECT_TRUE(fs::exists(folder / "elsewhere/linked/image_linked.jpg"));
}

TEST_F(OutboxTest, keeps_strangers_of_the_same_name_apart)
{
    for (auto const* content : {"first", "second"}) {
        test::put(folder / "normal/stray", content);
        start();
    }
    EXPECT_EQ(test::bytes_of(folder / "rejected/stray/stray"), "first");
    EXPECT_EQ(test::bytes_of(folder / "rejected/stray.2/stray"), "second");
}

TEST_F(OutboxTest, gives_ids_that_follow_those_it_took_over_whatever_the_clock_says)
{
    auto const of_the_year_2150 = "052d9c63-0000-7000-8000-000000000000";
    put_item("normal", of_the_year_2150);
    start();
    auto const id = id_of_kept("a");
    EXPECT_GT(id, of_the_year_2150);
    EXPECT_EQ(look(), (Ids{id, of_the_year_2150}));
}

TEST_F(OutboxTest, hands_out_priority_oldest_first_then_normal_newest_first)
{
    start();
    auto const normal_1 = id_of_kept("a");
    auto const priority_1 = id_of_kept("b", true);
    auto const normal_2 = id_of_kept("c");
    auto const priority_2 = id_of_kept("d", true);
    EXPECT_EQ(next(), (Ids{priority_1, priority_2, normal_2, normal_1}));
}

TEST_F(OutboxTest, hands_out_nothing_twice_until_it_is_released)
{
    start();
    for (auto const* jpeg : {"a", "b", "c"}) id_of_kept(jpeg);
    auto const batch = outbox->take_batch(2, any_bytes);
    EXPECT_EQ(batch.size(), 2u);
    EXPECT_EQ(next().size(), 1u);
    EXPECT_EQ(next().size(), 0u);
    outbox->release(batch);
    EXPECT_EQ(next(), (Ids{batch[0].id, batch[1].id}));
}

TEST_F(OutboxTest, bounds_a_batch_by_its_bytes)
{
    start();
    for (int i = 0; i < 3; ++i) id_of_kept(std::string(98, 'x')); // and 2 bytes of metadata
    EXPECT_EQ(next(100, 250).size(), 2u);
    outbox->release(outbox->take_batch(100, any_bytes));
    EXPECT_EQ(next(100, 1).size(), 1u); // one that is too large alone still has to go
}

TEST_F(OutboxTest, removes_what_the_loop_has)
{
    start();
    auto const item = keep("a").value();
    io.run(outbox->remove({item}));
    EXPECT_TRUE(outbox->empty());
    EXPECT_EQ(entries("normal"), 0u);
    start();
    EXPECT_TRUE(outbox->empty());
}

TEST_F(OutboxTest, drops_the_oldest_normal_images_when_the_bytes_run_out)
{
    limits.max_bytes = 300;
    start();
    auto const first = id_of_kept(std::string(98, '1'));
    auto const priority = id_of_kept(std::string(98, '2'), true);
    auto const second = id_of_kept(std::string(98, '3'));
    auto const third = id_of_kept(std::string(98, '4'));
    EXPECT_EQ(look(), (Ids{priority, third, second}));
    EXPECT_EQ(outbox->dropped(), 1u);
    EXPECT_FALSE(fs::exists(folder / "normal" / first));
}

TEST_F(OutboxTest, drops_nothing_that_is_on_its_way)
{
    limits.max_bytes = 200;
    start();
    auto const first = id_of_kept(std::string(98, '1'));
    ASSERT_EQ(next(), Ids{first});
    auto const second = id_of_kept(std::string(98, '2'));
    auto const third = id_of_kept(std::string(98, '3'));
    EXPECT_TRUE(fs::exists(folder / "normal" / first));
    EXPECT_FALSE(fs::exists(folder / "normal" / second));
    EXPECT_EQ(next(), Ids{third});
}

TEST_F(OutboxTest, lets_priority_images_push_normal_ones_out)
{
    limits.max_bytes = 100;
    start();
    id_of_kept(std::string(98, '1'));
    auto const priority = id_of_kept(std::string(98, '2'), true);
    EXPECT_EQ(look(), Ids{priority});
}

TEST_F(OutboxTest, refuses_rather_than_to_drop_a_priority_image)
{
    limits.max_bytes = 200;
    start();
    auto const first = id_of_kept(std::string(98, '1'), true);
    auto const second = id_of_kept(std::string(98, '2'), true);
    for (bool const priority : {true, false}) {
        auto const refused = keep(std::string(98, '3'), priority);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::out_of_space);
        EXPECT_NE(refused.error().message.find("OUTBOX_MAX_BYTES"), std::string::npos);
    }
    EXPECT_EQ(look(), (Ids{first, second}));
}

TEST_F(OutboxTest, drops_nothing_for_an_image_that_never_fits)
{
    limits.max_bytes = 200;
    start();
    auto const first = id_of_kept(std::string(98, '1'));
    EXPECT_FALSE(keep(std::string(300, '2')));
    EXPECT_EQ(look(), Ids{first});
    EXPECT_EQ(outbox->dropped(), 0u);
}

TEST_F(OutboxTest, bounds_the_number_of_normal_images)
{
    limits.max_normal_images = 2;
    start();
    id_of_kept("1");
    auto const second = id_of_kept("2");
    auto const priority = id_of_kept("p", true);
    auto const third = id_of_kept("3");
    EXPECT_EQ(look(), (Ids{priority, third, second}));
}

TEST_F(OutboxTest, counts_what_it_took_over)
{
    start();
    auto const first = id_of_kept(std::string(98, '1'));
    limits.max_bytes = 150;
    start();
    auto const second = id_of_kept(std::string(98, '2'));
    EXPECT_EQ(look(), Ids{second});
}

TEST_F(OutboxTest, leaves_the_disk_to_others)
{
    limits.min_free_disk_bytes = std::uint64_t{1} << 60;
    start();
    EXPECT_EQ(keep("a").error().code, Errc::out_of_space);
    EXPECT_EQ(entries("normal"), 0u);
}

TEST_F(OutboxTest, leaves_nothing_behind_when_the_disk_is_full)
{
    limits.max_bytes = 150;
    start();
    {
        test::ShortOfSpace const limit(50);
        EXPECT_EQ(keep(std::string(98, 'x')).error().code, Errc::out_of_space);
    }
    EXPECT_EQ(entries("tmp") + entries("normal"), 0u);
    EXPECT_TRUE(keep(std::string(98, 'x'))); // and counts nothing that is not there
}

TEST_F(OutboxTest, drops_nothing_for_an_image_that_the_disk_did_not_take)
{
    limits.max_normal_images = 2;
    start();
    auto const first = id_of_kept("1");
    auto const second = id_of_kept("2");
    fs::remove(folder / "tmp");
    test::put(folder / "tmp", "no folder");
    EXPECT_EQ(keep("3").error().code, Errc::out_of_space);
    EXPECT_EQ(look(), (Ids{second, first}));
    EXPECT_EQ(outbox->dropped(), 0u);
    fs::remove(folder / "tmp");
    fs::create_directory(folder / "tmp");
    auto const third = id_of_kept("3");
    EXPECT_EQ(look(), (Ids{third, second}));
    EXPECT_EQ(outbox->dropped(), 1u);
}

TEST_F(OutboxTest, moves_what_the_loop_refuses_aside_with_the_reason)
{
    start();
    auto const item = keep("broken").value();
    io.run(outbox->reject(item, "the Loop answers 422 not a JPEG"));
    EXPECT_TRUE(outbox->empty());
    EXPECT_EQ(entries("normal"), 0u);
    EXPECT_EQ(test::bytes_of(folder / "rejected" / item.id / ("image_" + item.id + ".jpg")), "broken");
    EXPECT_EQ(test::bytes_of(folder / "rejected" / item.id / "reason.txt"), "the Loop answers 422 not a JPEG\n");
}

TEST_F(OutboxTest, bounds_what_was_rejected_by_its_bytes)
{
    limits.max_rejected_bytes = 300;
    for (auto const* id : {"0001", "0002"}) test::put(folder / "rejected" / id / "image.jpg", std::string(100, 'x'));
    start();
    EXPECT_EQ(outbox->rejected_images().bytes(), 200u);
    auto const item = keep(std::string(120, 'x')).value();
    io.run(outbox->reject(item, "x"));
    EXPECT_FALSE(fs::exists(folder / "rejected/0001"));
    EXPECT_TRUE(fs::exists(folder / "rejected/0002"));
    EXPECT_TRUE(fs::exists(folder / "rejected" / item.id));
    EXPECT_EQ(outbox->rejected_images().bytes(), 224u); // with two bytes of metadata and two of the reason
    EXPECT_EQ(outbox->rejected_images().deleted(), 1u);
}

TEST_F(OutboxTest, wakes_who_waits_for_images)
{
    start();
    auto const arrival = [&]() -> Task<bool> {
        co_await outbox->arrival().sleep(std::chrono::hours(1));
        co_return !outbox->empty();
    };
    id_of_kept("a");
    EXPECT_TRUE(io.run(arrival()));
}

TEST_F(OutboxTest, is_cleared_of_every_image)
{
    start();
    id_of_kept("a");
    id_of_kept("b", true);
    auto const refused = keep("c").value();
    io.run(outbox->reject(refused, "no"));
    io.run(outbox->clear());
    EXPECT_TRUE(outbox->empty());
    EXPECT_EQ(outbox->images(), 0u);
    EXPECT_EQ(outbox->bytes(), 0u);
    for (auto const* place : {"normal", "priority", "rejected", "tmp"}) EXPECT_EQ(entries(place), 0u) << place;
    EXPECT_EQ(look(), Ids{id_of_kept("d")});
}

TEST_F(OutboxTest, is_cleared_of_images_that_are_on_their_way)
{
    start();
    id_of_kept("a");
    auto const batch = outbox->take_batch(1, any_bytes);
    io.run(outbox->clear());
    io.run(outbox->remove(batch)); // the Loop had it after all
    outbox->release(batch);
    EXPECT_EQ(outbox->bytes(), 0u);
    EXPECT_TRUE(keep("b"));
}

TEST_F(OutboxTest, keeps_to_new_limits_from_the_next_image_on)
{
    start();
    auto const first = id_of_kept(std::string(98, '1'));
    auto const second = id_of_kept(std::string(98, '2'));
    limits.max_bytes = 200;
    outbox->limit(limits);
    EXPECT_EQ(look(), (Ids{second, first}));
    auto const third = id_of_kept(std::string(98, '3'));
    EXPECT_EQ(look(), (Ids{third, second}));
}

TEST_F(OutboxTest, tells_how_much_waits)
{
    start();
    EXPECT_EQ(outbox->images(), 0u);
    id_of_kept(std::string(98, '1')); // and 2 bytes of metadata
    id_of_kept(std::string(48, '2'), true);
    EXPECT_EQ(outbox->images(), 2u);
    EXPECT_EQ(outbox->bytes(), 150u);
}

} // namespace
} // namespace learning_loop
