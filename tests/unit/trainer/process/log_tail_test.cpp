#include "learning_loop/trainer/process/log_tail.h"

#include "learning_loop/base/descriptor.h"

#include "support/temp_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace learning_loop {
namespace {

using Lines = std::vector<std::string>;

struct LogTailTest : testing::Test {
    test::TempFolder folder;
    std::filesystem::path const file = folder / "last_training.log";
    LogTail tail{file, 3};

    void append(std::string_view text) { std::ofstream(file, std::ios::binary | std::ios::app) << text; }
    Lines last() const { return {tail.last().begin(), tail.last().end()}; }
};

TEST_F(LogTailTest, tells_each_line_once_when_its_end_has_come)
{
    EXPECT_EQ(tail.read_new(), Lines{});
    append("a\nb");
    EXPECT_EQ(tail.read_new(), Lines{"a"});
    EXPECT_EQ(tail.read_new(), Lines{});
    append("c\n\nd\r\n");
    EXPECT_EQ(tail.read_new(), (Lines{"bc", "", "d"}));
}

TEST_F(LogTailTest, keeps_the_newest_lines_also_one_that_has_only_begun)
{
    append("a\nb\nc\nd\n");
    tail.read_new();
    EXPECT_EQ(last(), (Lines{"b", "c", "d"}));
    append("be");
    tail.read_new();
    EXPECT_EQ(last(), (Lines{"c", "d", "be"}));
    append("gun");
    tail.read_new();
    EXPECT_EQ(last(), (Lines{"c", "d", "begun"}));
    append("\n");
    EXPECT_EQ(tail.read_new(), Lines{"begun"});
    EXPECT_EQ(last(), (Lines{"c", "d", "begun"}));
}

TEST_F(LogTailTest, takes_a_progress_bar_for_one_line)
{
    append("start\n  0%\r 50%");
    EXPECT_EQ(tail.read_new(), Lines{"start"});
    EXPECT_EQ(last(), (Lines{"start", " 50%"}));
    append("\r 99%\r");
    tail.read_new();
    EXPECT_EQ(last(), (Lines{"start", " 99%"}));
    append("100%\r\n");
    EXPECT_EQ(tail.read_new(), Lines{"100%"});
    EXPECT_EQ(last(), (Lines{"start", "100%"}));
}

TEST_F(LogTailTest, leaves_out_what_colours_a_terminal)
{
    append("\x1b[34m\x1b[1mtrain: \x1b[0mdone\x1b[K\x1b\n\x1b[12");
    EXPECT_EQ(tail.read_new(), Lines{"train: done"});
    EXPECT_EQ(last(), (Lines{"train: done", ""}));
}

TEST_F(LogTailTest, begins_anew_with_a_file_that_became_shorter)
{
    append("a long line\nbegun");
    tail.read_new();
    test::put(file, "new\n");
    EXPECT_EQ(tail.read_new(), Lines{"new"});
}

TEST_F(LogTailTest, cuts_lines_that_have_no_end)
{
    std::string const mebibyte(1U << 20U, 'x');
    append(mebibyte + mebibyte + "\nnext\n");
    EXPECT_EQ(tail.read_new(), Lines{});
    EXPECT_EQ(tail.last().back().size(), 65'536U);
    EXPECT_EQ(tail.read_new(), Lines{});
    EXPECT_EQ(tail.read_new(), (Lines{mebibyte.substr(0, 65'536), "next"}));
}

TEST_F(LogTailTest, reads_nothing_but_plain_files)
{
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(tail.read_new(), Lines{});
    LogTail of_folder(folder.path());
    EXPECT_EQ(of_folder.read_new(), Lines{});
}

TEST_F(LogTailTest, is_bounded_and_what_it_held_is_kept_once)
{
    auto const older = folder / "last_training.1.log";
    Descriptor const writer(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666));
    auto const say = [&](std::string_view text) {
        ASSERT_EQ(::write(writer.get(), text.data(), text.size()), static_cast<::ssize_t>(text.size()));
        bound_log(file, older, 10);
    };
    say("12345678\n");
    EXPECT_FALSE(std::filesystem::exists(older));
    say("9\n");
    EXPECT_EQ(test::bytes_of(older), "12345678\n9\n");
    EXPECT_EQ(test::bytes_of(file), "");
    say("a\n");
    EXPECT_EQ(test::bytes_of(file), "a\n") << "its writer goes on in it";
    say("abcdefghijk\n");
    EXPECT_EQ(test::bytes_of(older), "a\nabcdefghijk\n");
    bound_log(folder / "none", older, 10);
}

} // namespace
} // namespace learning_loop
