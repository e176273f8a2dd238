#include "learning_loop/base/temporary_file.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <system_error>

namespace learning_loop {
namespace {

TEST(TemporaryFile, is_gone_when_it_ends_unless_it_was_renamed_away)
{
    test::TempFolder folder;
    std::filesystem::path path;
    {
        auto file = make_temporary_file(folder.path()).value();
        path = file.path();
        ASSERT_TRUE(file.append("one, "));
        ASSERT_TRUE(file.append("two"));
        ASSERT_TRUE(file.close());
        NewFile const moved = std::move(file);
        EXPECT_EQ(test::bytes_of(path), "one, two");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
    {
        auto file = make_temporary_file(folder.path()).value();
        ASSERT_TRUE(file.append("kept"));
        std::filesystem::rename(file.path(), folder / "kept");
    }
    EXPECT_EQ(test::bytes_of(folder / "kept"), "kept");
}

TEST(TemporaryFile, is_for_this_user_alone)
{
    test::TempFolder folder;
    auto const file = make_temporary_file(folder.path()).value();
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(file.path()).permissions(), perms::owner_read | perms::owner_write);
}

TEST(TemporaryFile, sweeps_what_a_killed_process_left_and_nothing_else)
{
    test::TempFolder folder;
    test::put(folder / "upload-0190", "left");
    test::put(folder / "model.zip", "kept");
    remove_temporary_files(folder.path());
    EXPECT_FALSE(std::filesystem::exists(folder / "upload-0190"));
    EXPECT_TRUE(std::filesystem::exists(folder / "model.zip"));
}

TEST(TemporaryFile, needs_its_folder)
{
    EXPECT_THROW(make_temporary_file("/nowhere/at/all"), std::system_error);
}

} // namespace
} // namespace learning_loop
