#include "learning_loop/store/blob_files.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::store {
namespace {

TEST(BlobFiles, keeps_the_bytes_under_organization_project_and_id)
{
    test::TempFolder const folder;
    BlobFiles files(folder / "images");
    auto const a = files.path_of("o", "p", "a");
    auto const b = files.path_of("o", "q", "a");
    ASSERT_TRUE(files.put({{a, "first"}, {b, std::string_view("sec\0nd", 6)}}));
    EXPECT_EQ(test::bytes_of(a), "first");
    EXPECT_EQ(test::bytes_of(b), std::string("sec\0nd", 6));
    EXPECT_EQ(a.parent_path().parent_path(), folder / "images" / "o" / "p");
}

TEST(BlobFiles, replaces_what_a_crash_left)
{
    test::TempFolder const folder;
    BlobFiles files(folder / "images");
    auto const path = files.path_of("o", "p", "a");
    ASSERT_TRUE(files.put({{path, "old and longer"}}));
    ASSERT_TRUE(files.put({{path, "new"}}));
    EXPECT_EQ(test::bytes_of(path), "new");
}

TEST(BlobFiles, sweeps_half_written_files_at_the_start)
{
    test::TempFolder const folder;
    test::put(folder / "images/.incoming/0", "half");
    BlobFiles const files(folder / "images");
    EXPECT_TRUE(std::filesystem::is_empty(folder / "images/.incoming"));
}

TEST(BlobFiles, leaves_nothing_in_between)
{
    test::TempFolder const folder;
    BlobFiles files(folder / "images");
    ASSERT_TRUE(files.put({{files.path_of("o", "p", "a"), "bytes"}}));
    EXPECT_TRUE(std::filesystem::is_empty(folder / "images/.incoming"));
}

} // namespace
} // namespace learning_loop::store
