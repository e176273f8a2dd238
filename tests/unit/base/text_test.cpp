#include "learning_loop/base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace learning_loop {
namespace {

using namespace std::string_view_literals;

TEST(Printable, makes_one_line_of_text_from_outside)
{
    EXPECT_EQ(printable("a\nb\r\x1b[31m\x7f\tc"), "a?b??[31m??c");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
    EXPECT_EQ(printable("\xc3\xa4"), "\xc3\xa4");
    EXPECT_EQ(printable("a\xc2\x9b[m"), "a?[m"); // a terminal may take U+009B for the beginning of a command
}

TEST(Printable, cuts_long_text)
{
    EXPECT_EQ(printable(std::string(200, 'x')), std::string(200, 'x'));
    EXPECT_EQ(printable(std::string(201, 'x')), std::string(200, 'x') + "...");
}

TEST(Printable, cuts_no_character_in_two)
{
    EXPECT_EQ(printable(std::string(199, 'x') + "\xc3\xa4" + "yyy"), std::string(199, 'x') + "...");
    EXPECT_EQ(printable(std::string(198, 'x') + "\xf0\x9f\x8c\xb1" + "yyy"), std::string(198, 'x') + "...");
    EXPECT_EQ(printable(std::string(196, 'x') + "\xf0\x9f\x8c\xb1" + "yyy"),
              std::string(196, 'x') + "\xf0\x9f\x8c\xb1" + "...");
}

TEST(Text, has_only_its_ascii_letters_lowered)
{
    EXPECT_EQ(lower_case("A-Z \xc3\x84[`"), "a-z \xc3\x84[`");
}

TEST(Text, is_trimmed_of_blanks_and_tabs_alone)
{
    EXPECT_EQ(trimmed(" \t a b\t "), "a b");
    EXPECT_EQ(trimmed("\na\r"), "\na\r");
    EXPECT_EQ(trimmed(" \t"), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(Text, is_one_name_in_any_case_of_its_ascii_letters)
{
    EXPECT_TRUE(same_name("Content-Length", "content-LENGTH"));
    EXPECT_TRUE(same_name("", ""));
    EXPECT_FALSE(same_name("Content-Length", "Content-Lengt"));
    EXPECT_FALSE(same_name("[", "{"));
    EXPECT_FALSE(same_name("\xc3\x84", "\xc3\xa4"));
}

TEST(Text, is_taken_apart_at_its_separators)
{
    using Parts = std::vector<std::string_view>;
    EXPECT_EQ(parts_of("a,b", ','), (Parts{"a", "b"}));
    EXPECT_EQ(parts_of(" a , b", ','), (Parts{" a ", " b"}));
    EXPECT_EQ(parts_of(",a,,b,", ','), (Parts{"", "a", "", "b"}));
    EXPECT_EQ(parts_of("a,b", ';'), (Parts{"a,b"}));
    EXPECT_EQ(parts_of(",", ','), (Parts{""}));
    EXPECT_EQ(parts_of("", ','), Parts{});
}

TEST(Text, is_escaped_for_text_and_attributes_of_a_page)
{
    EXPECT_EQ(escape_html("<a href=\"x\" id='y'>&amp;</a>"),
              "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
    EXPECT_EQ(escape_html("\xc3\xa4"), "\xc3\xa4");
}

TEST(Text, a_whole_number_is_digits_alone)
{
    EXPECT_EQ(parse_whole_number("0"), 0u);
    EXPECT_EQ(parse_whole_number("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
    for (auto const* text : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"})
        EXPECT_EQ(parse_whole_number(text), std::nullopt) << text;
}

TEST(Text, is_read_as_a_bool_in_any_case)
{
    for (auto const text : {"true"sv, "TRUE"sv, "True"sv, "1"sv, "on"sv, "On"sv})
        EXPECT_EQ(parse_bool(text), std::optional(true)) << text;
    for (auto const text : {"false"sv, "FALSE"sv, "0"sv, "off"sv, "OFF"sv})
        EXPECT_EQ(parse_bool(text), std::optional(false)) << text;
    for (auto const text : {""sv, "maybe"sv, "yes"sv, "no"sv, " true"sv, "1 "sv, "01"sv, "2"sv, "true\0"sv})
        EXPECT_EQ(parse_bool(text), std::nullopt) << text;
}

} // namespace
} // namespace learning_loop
