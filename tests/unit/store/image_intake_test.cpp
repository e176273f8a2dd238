#include "unit/store/store_fixture.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <chrono>
#include <future>
#include <thread>

namespace learning_loop::store {
namespace {

namespace fs = std::filesystem;

struct ImageIntakeTest : StoreTest {
    fs::path place_of(NewImage const& image) const { return files.path_of(project.folder, image.id); }
    ImageIntake::Added add(std::vector<NewImage> const& added)
    {
        return test::run(intake.add(project.number, added)).value();
    }
    std::optional<ImageRepository::File> file_of(NewImage const& image)
    {
        return test::run(images.file(project.number, image.id)).value();
    }
    bool is_incoming_empty() const { return fs::is_empty(folder / "images/.incoming"); }
};

TEST_F(ImageIntakeTest, a_file_that_is_lost_empty_or_cut_is_repaired_by_the_same_image_sent_again)
{
    auto const sent = image(1, "the bytes");
    add({sent});
    for (std::string const damage : {"", "the by", "gone"}) {
        if (damage == "gone") fs::remove(place_of(sent));
        else test::put(place_of(sent), damage);
        EXPECT_FALSE(file_of(sent)->is_whole);
        auto const added = add({sent});
        EXPECT_EQ(added.repaired, 1);
        EXPECT_EQ(added.fresh, 0);
        EXPECT_TRUE(file_of(sent)->is_whole);
        EXPECT_EQ(test::bytes_of(place_of(sent)), "the bytes");
    }
    EXPECT_TRUE(is_incoming_empty());
}

TEST_F(ImageIntakeTest, the_same_image_from_two_requests_at_once_is_one_and_not_taken_for_broken)
{
    std::promise<void> both_wait;
    auto hold = [&](Database&) -> Result<std::int64_t> {
        both_wait.get_future().wait();
        return 0;
    };
    test::Io at_once;
    std::vector<ImageIntake::Added> added;
    auto const upload = [&]() -> Task<> {
        std::vector<NewImage> one{image(1, "the bytes")};
        added.push_back((co_await intake.add(project.number, std::move(one))).value());
    };
    auto const block = [&]() -> Task<> { (co_await lanes.write(hold)).value(); };
    boost::asio::co_spawn(at_once.executor(), block(), boost::asio::detached);
    boost::asio::co_spawn(at_once.executor(), upload(), boost::asio::detached);
    boost::asio::co_spawn(at_once.executor(), upload(), boost::asio::detached);
    std::thread release([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200)); // both are in one COMMIT, then
        both_wait.set_value();
    });
    EXPECT_TRUE(at_once.run_until([&] { return added.size() == 2; }));
    release.join();
    EXPECT_EQ(added[0].fresh + added[1].fresh, 1);
    EXPECT_EQ(added[0].repaired + added[1].repaired, 0);
    EXPECT_TRUE(is_incoming_empty());
}

TEST_F(ImageIntakeTest, a_deleted_image_under_its_old_id_is_taken_for_kept_and_not_stored)
{
    auto const sent = image(1);
    add({sent});
    ASSERT_TRUE(test::run(editor.remove(project.number, {sent.id})));
    auto const added = add({sent, image(2)});
    EXPECT_EQ(added.removed, 1);
    EXPECT_EQ(added.fresh, 1);
    EXPECT_FALSE(file_of(sent));
    EXPECT_TRUE(is_incoming_empty());
    auto under_a_new_id = sent;
    under_a_new_id.id = image(3).id;
    EXPECT_EQ(add({under_a_new_id}).fresh, 1);
}

TEST_F(ImageIntakeTest, a_project_that_is_deleted_meanwhile_takes_nothing)
{
    auto forget = [number = project.number](Database& database) -> Result<std::int64_t> {
        return database.execute("UPDATE projects SET removed = 'now', name = 'field~1' WHERE number = $1", {number});
    };
    ASSERT_TRUE(test::run(lanes.write(forget)));
    EXPECT_EQ(test::run(intake.add(project.number, {image(1)})).error().code, Errc::not_found);
    EXPECT_TRUE(is_incoming_empty());
    EXPECT_FALSE(fs::exists(folder / "images" / project.folder));
}

TEST_F(ImageIntakeTest, a_mark_of_another_projects_category_is_set_aside_with_a_remark)
{
    auto other = project_named("other");
    other.categories = {{"foreign", "weed", {}, {}, {}, {}, "box"}};
    ASSERT_TRUE(test::run(projects.find_or_make(other)));
    auto sent = image(1);
    sent.metadata.box_detections = {{"weed", 1, 2, 3, 4, "1.0", 0.5, "foreign"}, {"beet", 1, 2, 3, 4, "1.0", 0.5, {}}};
    sent.metadata.classification_annotation = {"weed", "foreign"};
    add({sent});
    auto const found = test::run(images.find(project.number, {sent.id})).value().at(0);
    ASSERT_EQ(found.box_detections.size(), 1u);
    EXPECT_EQ(found.box_detections[0].category_name, "beet");
    ASSERT_EQ(found.remarks.size(), 2u);
    EXPECT_EQ(found.remarks[0].field, "box_detections[0]");
    EXPECT_EQ(found.remarks[1].field, "classification_annotation");
    EXPECT_FALSE(found.classification_annotation);
}

TEST_F(ImageIntakeTest, a_start_finishes_what_was_committed_and_removes_what_was_not)
{
    auto const sent = image(1, "the bytes");
    add({sent});
    auto const incoming = folder / "images/.incoming";
    auto const name = std::to_string(project.number) + "_" + sent.id + "_0";
    fs::rename(place_of(sent), incoming / name); // as if the process had died before it was moved
    test::put(incoming / (std::to_string(project.number) + "_" + image(2).id + "_1"), "without a row");
    test::put(incoming / (std::to_string(project.number) + "_" + sent.id + "_2"), "the bytez"); // of another request
    fs::path const kept = place_of(sent);
    ImageIntake const started(lanes, files);
    EXPECT_EQ(test::bytes_of(kept), "the bytes");
    EXPECT_TRUE(is_incoming_empty());
}

TEST_F(ImageIntakeTest, an_image_that_could_not_be_moved_is_read_from_where_it_waits)
{
    fs::create_directories((folder / "images" / project.folder).parent_path());
    test::put(folder / "images" / project.folder, "a file where the folder should be");
    auto const sent = image(1, "the bytes");
    add({sent});
    ASSERT_TRUE(file_of(sent)->is_whole);
    EXPECT_EQ(test::bytes_of(file_of(sent)->path), "the bytes");
}

} // namespace
} // namespace learning_loop::store
