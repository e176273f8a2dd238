#include "learning_loop/base/utf8.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(Utf8, is_what_the_standard_says)
{
    for (auto const* good : {"", "plain", "M\xc3\xbcller", "\xe2\x82\xac", "\xf0\x9f\x8c\xb1", "\xed\x9f\xbf"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
}

TEST(Utf8, is_nothing_overlong_cut_off_or_beyond_unicode)
{
    for (auto const* bad :
         {"\xfc", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "a\xffz"}) {
        EXPECT_FALSE(is_utf8(bad)) << bad;
    }
}

TEST(Utf8, is_made_from_the_latin_1_of_a_header)
{
    EXPECT_EQ(as_utf8("M\xfcller"), "M\xc3\xbcller");
}

TEST(Utf8, is_left_alone_where_it_is_right)
{
    EXPECT_EQ(as_utf8("M\xc3\xbcller"), "M\xc3\xbcller");
}

TEST(Utf8, spells_the_characters_of_latin_1)
{
    EXPECT_EQ(utf8_of_latin1("na\xEFve"), "na\xC3\xAFve");
    EXPECT_EQ(utf8_of_latin1("\xC3\xAF"), "\xC3\x83\xC2\xAF") << "whatever else the bytes may be";
}

} // namespace
} // namespace learning_loop
