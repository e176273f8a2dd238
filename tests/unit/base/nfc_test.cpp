#include "learning_loop/base/nfc.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(Nfc, composes_what_was_decomposed)
{
    EXPECT_EQ(nfc("ru\xCC\x88"
                  "be.jpg"),
              "r\xC3\xBC"
              "be.jpg");
    EXPECT_EQ(nfc("A\xCC\x8A"), "\xC3\x85");
    EXPECT_EQ(nfc("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C") << "Hangul";
    EXPECT_EQ(nfc("\xE2\x84\xAB"), "\xC3\x85") << "the sign of the unit is the letter";
}

TEST(Nfc, puts_marks_into_their_order)
{
    EXPECT_EQ(nfc("q\xCC\x87\xCC\xA3"), nfc("q\xCC\xA3\xCC\x87"));
}

TEST(Nfc, leaves_what_is_composed_as_it_is)
{
    for (auto const* text : {"", "beet.jpg",
                             "r\xC3\xBC"
                             "be.jpg",
                             "\xE6\x97\xA5\xE6\x9C\xAC.png", "\xF0\x9F\x8C\xB1", "\xEF\xAC\x81"}) {
        EXPECT_EQ(nfc(text), text);
        EXPECT_EQ(nfc(nfc(text)), nfc(text));
    }
    EXPECT_EQ(nfc(std::string("a\0\xC3\xBC", 4)), std::string("a\0\xC3\xBC", 4)) << "a NUL is a character";
}

TEST(Nfc, leaves_what_is_no_utf8_alone)
{
    for (auto const* text : {"\xFF", "u\xCC", "\xC3\xBC\xFC", "u\xCC\x88\xED\xA0\x80"}) EXPECT_EQ(nfc(text), text);
}

} // namespace
} // namespace learning_loop
