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
        auto file = TemporaryFile::make(folder.path()).value();
        path = file.path();
        ASSERT_TRUE(file.append("one, "));
        ASSERT_TRUE(file.append("two"));
        ASSERT_TRUE(file.close());
        TemporaryFile const moved = std::move(file);
        EXPECT_EQ(test::bytes_of(path), "one, two");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
    {
        auto file = TemporaryFile::make(folder.path()).value();
        ASSERT_TRUE(file.append("kept"));
        std::filesystem::rename(file.path(), folder / "kept");
    }
    EXPECT_EQ(test::bytes_of(folder / "kept"), "kept");
}

TEST(TemporaryFile, sweeps_what_a_killed_process_left_and_nothing_else)
{
    test::TempFolder folder;
    test::put(folder / "upload-0190", "left");
    test::put(folder / "model.zip", "kept");
    TemporaryFile::sweep(folder.path());
    EXPECT_FALSE(std::filesystem::exists(folder / "upload-0190"));
    EXPECT_TRUE(std::filesystem::exists(folder / "model.zip"));
}

TEST(TemporaryFile, needs_its_folder)
{
    EXPECT_THROW(TemporaryFile::make("/nowhere/at/all"), std::system_error);
}

} // namespace
} // namespace learning_loop
