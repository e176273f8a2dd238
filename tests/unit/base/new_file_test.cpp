#include "learning_loop/base/new_file.h"

#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <system_error>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

struct NewFileTest : testing::Test {
    test::TempFolder folder;
    fs::path path = folder / "file";
};

TEST_F(NewFileTest, is_gone_when_it_ends_unless_it_is_kept)
{
    {
        auto const file = NewFile::create(path).value();
        EXPECT_TRUE(fs::exists(path));
    }
    EXPECT_FALSE(fs::exists(path));
    {
        auto file = NewFile::create(path).value();
        ASSERT_TRUE(file.append("kept"));
        file.keep();
    }
    EXPECT_EQ(test::bytes_of(path), "kept");
}

TEST_F(NewFileTest, refuses_a_file_that_is_there_or_replaces_it)
{
    test::put(path, "old");
    EXPECT_THROW(NewFile::create(path), std::system_error);
    EXPECT_EQ(test::bytes_of(path), "old");
    auto file = NewFile::create(path, NewFile::Existing::replace).value();
    EXPECT_EQ(test::bytes_of(path), "");
    ASSERT_TRUE(file.append("new"));
    EXPECT_EQ(test::bytes_of(path), "new");
}

TEST_F(NewFileTest, follows_no_link)
{
    test::put(folder / "target", "old");
    fs::create_symlink(folder / "target", path);
    EXPECT_THROW(NewFile::create(path, NewFile::Existing::replace), std::system_error);
    EXPECT_EQ(test::bytes_of(folder / "target"), "old");
}

TEST_F(NewFileTest, begins_anew_when_it_is_truncated)
{
    auto file = NewFile::create(path).value();
    ASSERT_TRUE(file.append("12345"));
    EXPECT_EQ(file.size_bytes(), 5u);
    file.truncate();
    EXPECT_EQ(file.size_bytes(), 0u);
    ASSERT_TRUE(file.append("67"));
    EXPECT_EQ(file.size_bytes(), 2u);
    EXPECT_EQ(test::bytes_of(path), "67");
}

TEST_F(NewFileTest, says_when_space_is_short)
{
    test::ShortOfSpace const limit(1000);
    auto file = NewFile::create(path).value();
    auto const written = file.append(std::string(2000, 'x'));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::out_of_space);
    EXPECT_EQ(written.error().message, "the disk that holds " + folder.path().string() + " is full: free some space");
}

TEST_F(NewFileTest, stays_with_the_one_it_was_moved_to)
{
    auto first = NewFile::create(folder / "first").value();
    auto second = NewFile::create(folder / "second").value();
    ASSERT_TRUE(second.append("abc"));
    first = std::move(second);
    EXPECT_FALSE(fs::exists(folder / "first"));
    EXPECT_EQ(first.path(), folder / "second");
    EXPECT_EQ(first.size_bytes(), 3u);
    ASSERT_TRUE(first.append("d"));
    ASSERT_TRUE(first.sync());
    EXPECT_EQ(test::bytes_of(folder / "second"), "abcd");
}

TEST_F(NewFileTest, may_be_renamed_and_kept)
{
    {
        auto file = NewFile::create(path).value();
        ASSERT_TRUE(file.append("whole"));
        ASSERT_TRUE(file.close());
        fs::rename(path, folder / "renamed");
        file.keep();
        test::put(path, "of another");
    }
    EXPECT_EQ(test::bytes_of(folder / "renamed"), "whole");
    EXPECT_EQ(test::bytes_of(path), "of another");
}

} // namespace
} // namespace learning_loop
