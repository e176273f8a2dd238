#include "learning_loop/infer/impl/exif.h"

#include <gtest/gtest.h>

#include <string>

namespace learning_loop {
namespace {

using namespace std::string_literals;

/// One directory of one entry in each byte order; the parts are the entry's.
std::string little_endian(std::string const& tag_type_count_value)
{
    return "II*\0\x08\0\0\0\x01\0"s + tag_type_count_value;
}
std::string big_endian(std::string const& tag_type_count_value)
{
    return "MM\0*\0\0\0\x08\0\x01"s + tag_type_count_value;
}

TEST(Exif, reads_the_orientation_in_both_byte_orders)
{
    EXPECT_EQ(exif_orientation(little_endian("\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s)), 6);
    EXPECT_EQ(exif_orientation(big_endian("\x01\x12\0\x03\0\0\0\x01\0\x08\0\0"s)), 8);
}

TEST(Exif, finds_the_orientation_behind_other_entries)
{
    auto const other = "\x0F\x01\x02\0\x04\0\0\0abc\0"s;
    EXPECT_EQ(exif_orientation("II*\0\x08\0\0\0\x03\0"s + other + other + "\x12\x01\x03\0\x01\0\0\0\x03\0\0\0"s), 3);
}

TEST(Exif, takes_a_value_beyond_1_to_8_as_upright)
{
    EXPECT_EQ(exif_orientation(little_endian("\x12\x01\x03\0\x01\0\0\0\x00\0\0\0"s)), 1);
    EXPECT_EQ(exif_orientation(little_endian("\x12\x01\x03\0\x01\0\0\0\x09\0\0\0"s)), 1);
    EXPECT_EQ(exif_orientation(little_endian("\x12\x01\x03\0\x01\0\0\0\x06\x01\0\0"s)), 1);
}

TEST(Exif, reads_every_kind_of_whole_number)
{
    for (char const type : "\x03\x04\x06\x08\x09\x0D"s) {
        auto const head = "\x12\x01"s + type + "\0\x01\0\0\0"s;
        EXPECT_EQ(exif_orientation(little_endian(head + "\x06\0\0\0"s)), 6) << int{type};
        bool const is_short = type == 3 || type == 8;
        auto const value = type == 6 ? "\x06\0\0\0"s : is_short ? "\0\x06\0\0"s : "\0\0\0\x06"s;
        EXPECT_EQ(exif_orientation(big_endian("\x01\x12\0"s + type + "\0\0\0\x01"s + value)), 6) << int{type};
    }
}

TEST(Exif, takes_the_first_of_several_values)
{
    EXPECT_EQ(exif_orientation(little_endian("\x12\x01\x03\0\x02\0\0\0\x06\0\x01\0"s)), 6);
    auto const elsewhere = little_endian("\x12\x01\x04\0\x02\0\0\0\x1A\0\0\0\0\0\0\0"s);
    EXPECT_EQ(exif_orientation(elsewhere + "\x06\0\0\0\x01\0\0\0"s), 6);
    EXPECT_EQ(exif_orientation(elsewhere + "\x06\0\0\0"s), 1) << "the second is cut off";
}

TEST(Exif, takes_a_wrong_type_or_count_as_upright)
{
    for (char const type : "\0\x01\x02\x05\x07\x0A\x0B\x0C\x0E\x7F"s)
        EXPECT_EQ(exif_orientation(little_endian("\x12\x01"s + type + "\0\x01\0\0\0\x06\0\0\0"s)), 1) << int{type};
    EXPECT_EQ(exif_orientation(little_endian("\x12\x01\x03\0\xFF\xFF\xFF\xFF\x06\0\0\0"s)), 1);
    EXPECT_EQ(exif_orientation(little_endian("\x12\x01\x03\0\0\0\0\0\x06\0\0\0"s)), 1);
}

TEST(Exif, tells_an_absent_tag_from_one_that_makes_no_sense)
{
    auto const other = "\x0F\x01\x02\0\x04\0\0\0abc\0"s;
    EXPECT_EQ(exif_orientation(little_endian(other)), std::nullopt);
    EXPECT_EQ(exif_orientation("II*\0\x08\0\0\0\0\0"s), std::nullopt);
    EXPECT_EQ(exif_orientation(""), std::nullopt);
}

TEST(Exif, may_stand_behind_its_name)
{
    EXPECT_EQ(exif_orientation("Exif\0\0"s + little_endian("\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s)), 6);
}

TEST(Exif, finds_nothing_in_a_directory_out_of_range)
{
    auto const entry = "\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s;
    EXPECT_EQ(exif_orientation("II*\0\xFF\xFF\xFF\xFF"s + entry), std::nullopt);
    EXPECT_EQ(exif_orientation("II*\0\xF0\xFF\xFF\x7F"s + entry), std::nullopt);
    EXPECT_EQ(exif_orientation("II*\0\x20\0\0\0"s + entry), std::nullopt);
}

TEST(Exif, stops_at_the_end_of_the_bytes_however_many_entries_are_promised)
{
    EXPECT_EQ(exif_orientation("II*\0\x08\0\0\0\xFF\xFF"s), std::nullopt);
    EXPECT_EQ(exif_orientation("II*\0\x08\0\0\0\xFF\xFF\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s), 6);
}

TEST(Exif, takes_anything_cut_off_as_upright)
{
    auto const whole = little_endian("\x12\x01\x03\0\x01\0\0\0\x06\0"s);
    EXPECT_EQ(exif_orientation(whole), 6);
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_EQ(exif_orientation(whole.substr(0, length)).value_or(1), 1) << length;
}

TEST(Exif, takes_no_other_beginning)
{
    auto other = little_endian("\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s);
    other[2] = '+';
    EXPECT_EQ(exif_orientation(other), std::nullopt);
    EXPECT_EQ(exif_orientation("IM*\0\x08\0\0\0"s), std::nullopt);
}

} // namespace
} // namespace learning_loop
