#include "learning_loop/base/log.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(Log, makes_one_line_of_text_from_outside)
{
    EXPECT_EQ(printable("a\nb\r\x1b[31m\x7f\tc"), "a?b??[31m??c");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
    EXPECT_EQ(printable("\xc3\xa4"), "\xc3\xa4");
}

TEST(Log, cuts_long_text)
{
    EXPECT_EQ(printable(std::string(200, 'x')), std::string(200, 'x'));
    EXPECT_EQ(printable(std::string(201, 'x')), std::string(200, 'x') + "...");
}

} // namespace
} // namespace learning_loop
