#include "learning_loop/base/timestamps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace learning_loop {
namespace {

TEST(Timestamps, are_written_in_a_form_they_are_read_in)
{
    auto const now = timestamp_now();
    EXPECT_TRUE(is_timestamp(now)) << now;
    EXPECT_EQ(now.size(), std::string_view("2024-01-31T12:00:00.123456+00:00").size()) << now;
    EXPECT_TRUE(now.ends_with("+00:00")) << now;
}

TEST(Timestamps, never_sort_backwards)
{
    auto const first = timestamp_now();
    EXPECT_LE(first, timestamp_now());
}

TEST(Timestamps, are_read_as_peers_write_them)
{
    for (auto const* text : {"2024-01-31_12:00:00.123", "2023-01-30T12:34:56", "2023-01-30T12:34:56.123456+02:00",
                             "2024-02-29T23:59:59Z", "2023-01-30T12:34:56-0130", "2023-01-30T00:00:00.1"}) {
        EXPECT_TRUE(is_timestamp(text)) << text;
    }
}

TEST(Timestamps, must_exist_and_be_whole)
{
    for (auto const* text :
         {"", "now", "2024-01-31", "2024-13-01T00:00:00", "2023-02-29T00:00:00", "2024-01-32T00:00:00",
          "2024-00-10T00:00:00", "0000-01-01T00:00:00", "2024-01-31T24:00:00", "2024-01-31T12:60:00",
          "2024-01-31T12:00:61", "2024-01-31 12:00:00", "2024-01-31T12:00:00.", "2024-01-31T12:00:00.1234567",
          "2024-01-31T12:00:00+25:00", "2024-01-31T12:00:00Z ", "2024-01-31T12:00:00\n", "1706702400"}) {
        EXPECT_FALSE(is_timestamp(text)) << text;
    }
    EXPECT_FALSE(is_timestamp(std::string(100'000, '2')));
}

/// What a date is read as, with `~` behind it if it is not exact, and `local` if no zone is named. `none`: no date.
std::string read_as(std::string_view text)
{
    auto const read = read_timestamp(text);
    if (!read) return "none";
    return read->iso + (read->is_exact ? "" : "~") + (read->has_zone ? "" : " local");
}

TEST(ReadTimestamp, keeps_what_is_in_the_usual_form)
{
    EXPECT_EQ(read_as("2023-01-30T12:34:56.123456+02:00"), "2023-01-30T12:34:56.123456+02:00");
    EXPECT_EQ(read_as("2023-01-30T12:34:56"), "2023-01-30T12:34:56 local");
    EXPECT_EQ(read_as("2024-01-31_12:00:00.123"), "2024-01-31T12:00:00.123 local");
    auto const now = timestamp_now();
    EXPECT_EQ(read_as(now), now);
}

TEST(ReadTimestamp, takes_a_date_alone_for_its_midnight)
{
    EXPECT_EQ(read_as("2023-01-30"), "2023-01-30T00:00:00 local");
    EXPECT_EQ(read_as("0001-01-01"), "0001-01-01T00:00:00 local");
    EXPECT_EQ(read_as("9999-12-31"), "9999-12-31T00:00:00 local");
}

TEST(ReadTimestamp, cuts_a_fraction_and_tells_whether_something_was_lost)
{
    EXPECT_EQ(read_as("2023-01-30T12:34:56.1234567Z"), "2023-01-30T12:34:56.123456+00:00~");
    EXPECT_EQ(read_as("2023-01-30T12:34:56.123456000Z"), "2023-01-30T12:34:56.123456+00:00");
    EXPECT_EQ(read_as("2023-01-30T12:34:56.1Z"), "2023-01-30T12:34:56.1+00:00");
    EXPECT_EQ(read_as("2023-01-30T23:59:59.999999999"), "2023-01-30T23:59:59.999999~ local") << "never rounded up";
    EXPECT_EQ(read_as("2023-01-30T12:34:56." + std::string(100'000, '0')), "2023-01-30T12:34:56.000000 local");
}

TEST(ReadTimestamp, makes_a_leap_second_the_next_second)
{
    EXPECT_EQ(read_as("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00+00:00~");
    EXPECT_EQ(read_as("2017-01-01T01:59:60.5+02:00"), "2017-01-01T02:00:00.5+02:00~");
    EXPECT_EQ(read_as("9999-12-31T23:59:60"), "none");
    EXPECT_EQ(read_as("2016-12-31T23:59:61Z"), "none");
}

TEST(ReadTimestamp, reads_every_way_to_write_a_zone)
{
    for (auto const* zone : {"Z", "z", "+00:00", "-00:00", "+0000", "+00", " Z", " +0000"})
        EXPECT_EQ(read_as("2023-01-30T12:34" + std::string(zone)), "2023-01-30T12:34:00+00:00") << zone;
    EXPECT_EQ(read_as("2023-01-30T12:34:56+23:59"), "2023-01-30T12:34:56+23:59");
    EXPECT_EQ(read_as("2023-01-30T12:34:56-0930"), "2023-01-30T12:34:56-09:30");
    EXPECT_EQ(read_as("2023-01-30T12:34:56-00:30"), "2023-01-30T12:34:56-00:30");
    for (auto const* zone : {"+24:00", "+02:60", "+2", "+02:", "+02:0", "+02:000", "+", "UTC", "ZZ", "Z+00", "  Z"})
        EXPECT_EQ(read_as("2023-01-30T12:34:56" + std::string(zone)), "none") << zone;
}

TEST(ReadTimestamp, refuses_what_does_not_exist_or_is_no_date)
{
    for (auto const* text : {"",
                             " ",
                             "now",
                             "1706702400",
                             "2024-13-01",
                             "2023-02-29T00:00:00",
                             "2024-00-10",
                             "0000-01-01",
                             "10000-01-01",
                             "2024-01-31T",
                             "2024-01-31T12",
                             "2024-01-31T12:",
                             "2024-01-31T24:00:00",
                             "2024-01-31T12:60",
                             "2024-01-31x12:00",
                             "2024-01-31T12:00:00.",
                             "2024-01-31T12:00:00,",
                             "2024-01-31T12:00.5",
                             "2024-01-31T12:0a:00",
                             "2024-01-31T12:00:00\n",
                             "2024-1-31",
                             "20240131",
                             "31.01.2024",
                             "2024-01-31T-1:00:00",
                             "-024-01-31"}) {
        EXPECT_EQ(read_as(text), "none") << text;
    }
    EXPECT_EQ(read_as(std::string(100'000, '2')), "none");
    EXPECT_EQ(read_as(std::string_view("2024-01-31\0", 11)), "none");
}

/// One choice of each part, and what it is read as.
struct Written {
    std::string text;
    std::string read;
};

/// Each text of one part behind each of another.
std::vector<Written> crossed(std::vector<Written> const& fronts, std::vector<Written> const& ends)
{
    std::vector<Written> all;
    for (auto const& front : fronts) {
        for (auto const& end : ends) all.push_back({front.text + end.text, front.read + end.read});
    }
    return all;
}

TEST(ReadTimestamp, reads_each_part_however_the_others_are_written)
{
    std::vector<Written> const dates{{"2023-01-30", "2023-01-30"}, {"2024-02-29", "2024-02-29"}};
    std::vector<Written> const between{{"T", "T"}, {"t", "T"}, {"_", "T"}, {" ", "T"}};
    std::vector<Written> times{{"12:34", "12:34:00"}};
    for (auto const* point : {".", ","}) {
        std::string const digits = "123456000000000";
        for (std::size_t count = 1; count <= digits.size(); ++count) {
            times.push_back({"00:00:59" + (point + digits.substr(0, count)),
                             "00:00:59." + digits.substr(0, std::min<std::size_t>(count, 6))});
        }
    }
    std::vector<Written> const zones{{"", ""},          {"Z", "+00:00"},     {"z", "+00:00"},     {"+02:00", "+02:00"},
                                     {"+02", "+02:00"}, {"-0130", "-01:30"}, {"-23:59", "-23:59"}};
    auto const all = crossed(crossed(crossed(dates, between), times), zones);
    EXPECT_EQ(all.size(), 2 * 4 * 31 * 7);
    for (auto const& [text, should] : all) {
        auto const read = read_timestamp(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(read->iso, should) << text;
        EXPECT_TRUE(read->is_exact) << text;
        EXPECT_EQ(read->has_zone, should.size() > 10 && should.find_last_of("+-") > 10) << text;
        EXPECT_TRUE(is_timestamp(read->iso)) << read->iso;
        EXPECT_EQ(read_timestamp(read->iso)->iso, read->iso);
    }
}

TEST(ShownInUtc, tells_the_instant_whatever_zone_it_was_written_in)
{
    EXPECT_EQ(shown_in_utc("2024-01-31T12:00:00.9Z"), "2024-01-31 12:00:00");
    EXPECT_EQ(shown_in_utc("2024-03-01T00:30:00+02:00"), "2024-02-29 22:30:00");
    EXPECT_EQ(shown_in_utc("2023-12-31T23:30:00-0130"), "2024-01-01 01:00:00");
    EXPECT_EQ(shown_in_utc("2024-01-31_12:00:00.123"), "2024-01-31 12:00:00") << "no zone: UTC";
    EXPECT_EQ(shown_in_utc("2024-01-31"), "2024-01-31 00:00:00");
}

TEST(ShownInUtc, leaves_what_is_no_date_alone)
{
    EXPECT_EQ(shown_in_utc("yesterday"), "yesterday");
    EXPECT_EQ(shown_in_utc(""), "");
}

} // namespace
} // namespace learning_loop
