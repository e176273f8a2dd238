#include "learning_loop/trainer/process/log_tail.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

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

} // namespace
} // namespace learning_loop
