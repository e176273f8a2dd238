#include "learning_loop/detector/outbox/outbox_desk.h"

#include "learning_loop/detector/outbox/outbox.h"
#include "support/keep_one.h"
#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::string>;
using enum OutboxCommand;

struct OutboxDeskTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    OutboxLimits limits;
    std::optional<Outbox> outbox;

    OutboxDeskTest()
    {
        limits.min_free_disk_bytes = 0;
        start();
    }

    void start() { outbox.emplace(io.executor(), folder.path(), limits); }
    OutboxItem keep(bool priority = false) { return test::keep_one(io, *outbox, "jpeg", "{}", priority).value(); }
    std::string refuse()
    {
        auto const item = keep();
        io.run(outbox->reject(item, "wrong"));
        return item.id;
    }
    OutboxAnswer ask(OutboxCommand command, Ids ids)
    {
        OutboxDesk desk(*outbox);
        return io.run(desk.answer({command, std::move(ids)})).value();
    }
    Ids next()
    {
        Ids ids;
        for (auto const& item : outbox->take_batch(100, 1 << 30)) ids.push_back(item.id);
        return ids;
    }
    Ids entries(std::string const& place)
    {
        Ids names;
        for (auto const& entry : fs::directory_iterator(folder / place)) names.push_back(entry.path().filename());
        return names;
    }
};

TEST_F(OutboxDeskTest, a_refused_image_is_next_once_it_is_requeued_and_counts_again)
{
    auto const id = refuse();
    EXPECT_EQ(ask(requeue, {id}).done, 1u);
    EXPECT_EQ(outbox->images(), 1u);
    EXPECT_EQ(outbox->bytes(), 6u);
    EXPECT_EQ(outbox->rejected_images().images(), 0u);
    EXPECT_EQ(next(), Ids{id});
    EXPECT_EQ(entries("normal/" + id).size(), 2u);
}

TEST_F(OutboxDeskTest, a_requeued_image_may_be_refused_once_more)
{
    auto const id = refuse();
    ask(requeue, {id});
    auto const batch = outbox->take_batch(1, 1000);
    io.run(outbox->reject(batch.at(0), "still wrong"));
    outbox->release(batch);
    EXPECT_EQ(test::bytes_of(folder / "rejected" / id / "reason.txt"), "still wrong\n");
    EXPECT_TRUE(outbox->empty());
}

TEST_F(OutboxDeskTest, what_is_no_image_is_left_with_the_reason)
{
    test::put(folder / "rejected/half/image_half.jpg", "x");
    start();
    auto const answer = ask(requeue, {"half", "../normal", "none"});
    EXPECT_EQ(answer.done, 0u);
    ASSERT_EQ(answer.left.size(), 3u);
    EXPECT_EQ(answer.left[0].why, "half is no image: there is no file image_half.json");
    EXPECT_FALSE(answer.left[0].is_gone);
    EXPECT_EQ(answer.left[1].why, "no image ../normal was rejected");
    EXPECT_TRUE(answer.left[2].is_gone);
    EXPECT_EQ(entries("rejected"), Ids{"half"});
}

TEST_F(OutboxDeskTest, a_requeued_image_drops_no_other_for_its_room)
{
    limits.max_bytes = 12;
    start();
    auto const id = refuse();
    auto const others = Ids{keep().id, keep().id};
    EXPECT_EQ(ask(requeue, {id}).left.at(0).why.substr(0, 18), "the outbox is full");
    EXPECT_EQ(outbox->images(), 2u);
    EXPECT_EQ(entries("rejected"), Ids{id});
}

TEST_F(OutboxDeskTest, what_was_dropped_while_it_was_uploaded_is_neither_refused_nor_counted_later)
{
    keep();
    keep(true);
    auto const batch = outbox->take_batch(2, 1000);
    EXPECT_EQ(ask(drop, {batch.at(0).id, batch.at(1).id}).done, 2u);
    io.run(outbox->settle_dates(batch));
    io.run(outbox->reject(batch.at(0), "there is no such file"));
    io.run(outbox->remove({batch.at(1)}));
    outbox->release(batch);
    EXPECT_EQ(entries("rejected").size() + entries("normal").size() + entries("priority").size(), 0u);
    EXPECT_EQ(outbox->rejected(), 0u);
    EXPECT_EQ(outbox->bytes(), 0u);
}

TEST_F(OutboxDeskTest, drops_what_somebody_else_deleted)
{
    auto const gone = keep().id;
    auto const kept = keep().id;
    fs::remove_all(folder / "normal" / gone);
    EXPECT_EQ(ask(drop, {gone, kept}).done, 2u);
    EXPECT_TRUE(outbox->empty());
    EXPECT_EQ(entries("normal").size() + entries("tmp").size(), 0u);
}

TEST_F(OutboxDeskTest, drops_rejected_images_alone_if_asked_for_those)
{
    auto const waiting = keep().id;
    auto const refused = refuse();
    auto const answer = ask(drop_rejected, {waiting, refused});
    EXPECT_EQ(answer.done, 1u);
    EXPECT_EQ(answer.left.at(0).id, waiting);
    EXPECT_EQ(next(), Ids{waiting});
    EXPECT_TRUE(entries("rejected").empty());
}

TEST_F(OutboxDeskTest, dropped_images_give_their_room_back)
{
    limits.max_bytes = 6;
    start();
    auto const id = keep(true).id;
    EXPECT_FALSE(test::keep_one(io, *outbox, "jpeg", "{}", true));
    ask(drop, {id});
    EXPECT_TRUE(test::keep_one(io, *outbox, "jpeg", "{}", true));
}

TEST_F(OutboxDeskTest, a_request_of_another_version_is_answered_with_the_error)
{
    OutboxDesk desk(*outbox);
    for (auto const* text : {"{", R"({"command": "explode", "ids": []})", "[]"}) {
        auto const answer = io.run(desk.answer_text(text));
        EXPECT_NE(answer.find("another version"), std::string::npos) << answer;
    }
}

} // namespace
} // namespace learning_loop
