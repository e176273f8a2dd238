#include "learning_loop/store/blob_files.h"

#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::store {
namespace {

namespace fs = std::filesystem;
std::string const id = "00000000-0000-0000-0000-000000000001";

BlobFiles::Blob blob(std::string id_, std::string_view bytes)
{
    return {std::move(id_), bytes, {}};
}

std::size_t count_in(fs::path const& folder)
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

struct BlobFilesTest : testing::Test {
    test::TempFolder folder;
    BlobFiles files{folder / "images"};
    fs::path const incoming = folder / "images/.incoming";
};

TEST_F(BlobFilesTest, a_file_lies_below_its_projects_folder)
{
    auto const place = files.path_of("demo/field~7", id);
    EXPECT_EQ(place.parent_path().parent_path(), folder / "images/demo/field~7");
    EXPECT_EQ(place.filename(), id);
}

TEST_F(BlobFilesTest, what_was_received_goes_to_its_place)
{
    std::vector<BlobFiles::Blob> const blobs{blob(id, std::string_view("by\0es", 5))};
    auto const received = test::run(files.receive(7, blobs)).value();
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(count_in(incoming), 1u);
    auto const place = files.path_of("o/p", id);
    files.put_in_place(*received[0], place);
    EXPECT_EQ(test::bytes_of(place), std::string("by\0es", 5));
    EXPECT_EQ(count_in(incoming), 0u);
}

TEST_F(BlobFilesTest, what_nobody_holds_any_more_is_gone)
{
    std::vector<BlobFiles::Blob> blobs;
    for (int i = 0; i < 30; ++i) blobs.push_back(blob(id.substr(0, 34) + std::to_string(10 + i), "bytes"));
    {
        auto const received = test::run(files.receive(7, blobs)).value();
        EXPECT_EQ(received.size(), 30u);
        EXPECT_EQ(count_in(incoming), 30u);
    }
    EXPECT_EQ(count_in(incoming), 0u);
}

TEST_F(BlobFilesTest, two_requests_with_one_id_do_not_meet)
{
    std::vector<BlobFiles::Blob> const first{blob(id, "first")}, second{blob(id, "second")};
    auto const a = test::run(files.receive(7, first)).value();
    auto const b = test::run(files.receive(7, second)).value();
    files.put_in_place(*a[0], files.path_of("o/p", id));
    files.put_in_place(*b[0], files.path_of("o/q", id));
    EXPECT_EQ(test::bytes_of(files.path_of("o/p", id)), "first");
    EXPECT_EQ(test::bytes_of(files.path_of("o/q", id)), "second");
}

TEST_F(BlobFilesTest, a_file_that_is_on_the_disk_already_is_moved)
{
    auto file = NewFile::create(folder / "upload").value();
    ASSERT_TRUE(file.append("long"));
    ASSERT_TRUE(file.close());
    std::vector<BlobFiles::Blob> const blobs{{id, {}, std::make_shared<NewFile>(std::move(file))}};
    auto const received = test::run(files.receive(7, blobs)).value();
    files.put_in_place(*received[0], files.path_of("o/p", id));
    EXPECT_EQ(test::bytes_of(files.path_of("o/p", id)), "long");
    EXPECT_FALSE(fs::exists(folder / "upload"));
}

TEST_F(BlobFilesTest, a_disk_that_would_be_too_full_takes_nothing)
{
    BlobFiles full(folder / "full", std::uint64_t{1} << 62);
    std::vector<BlobFiles::Blob> const blobs{blob(id, "bytes")};
    EXPECT_EQ(test::run(full.receive(7, blobs)).error().code, Errc::out_of_space);
    EXPECT_EQ(count_in(folder / "full/.incoming"), 0u);
}

TEST_F(BlobFilesTest, what_a_crash_left_goes_where_it_belongs_or_away)
{
    test::put(incoming / ("7_" + id + "_0"), "committed");
    test::put(incoming / ("8_" + id + "_1"), "not committed");
    test::put(incoming / "0", "of an older program");
    auto const place = files.path_of("o/p", id);
    files.settle([&](BlobFiles::Unsettled const& left) { return left.project == 7 ? place : fs::path(); });
    EXPECT_EQ(test::bytes_of(place), "committed");
    EXPECT_EQ(count_in(incoming), 0u);
}

TEST_F(BlobFilesTest, what_a_crash_left_waits_until_there_is_room_for_its_folder)
{
    test::put(incoming / ("7_" + id + "_0"), "committed");
    test::put(folder / "images/o", "a file where the folder should be");
    auto const place = files.path_of("o/p", id);
    auto const settle = [&] { files.settle([&](BlobFiles::Unsettled const&) { return place; }); };
    settle();
    EXPECT_EQ(test::bytes_of(files.waiting_of(7, id)), "committed");
    fs::remove(folder / "images/o");
    settle();
    EXPECT_EQ(test::bytes_of(place), "committed");
}

TEST_F(BlobFilesTest, a_file_that_cannot_be_moved_is_found_where_it_waits)
{
    std::vector<BlobFiles::Blob> const blobs{blob(id, "bytes")};
    auto received = test::run(files.receive(7, blobs)).value();
    test::put(folder / "images/o", "a file where the folder should be");
    files.put_in_place(*received[0], files.path_of("o/p", id));
    received.clear();
    EXPECT_EQ(test::bytes_of(files.waiting_of(7, id)), "bytes");
    EXPECT_EQ(files.waiting_of(8, id), fs::path());
}

} // namespace
} // namespace learning_loop::store
