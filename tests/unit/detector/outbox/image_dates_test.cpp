#include "learning_loop/detector/outbox/image_dates.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono;

Moment moment(system_clock::time_point time, double uptime_s, std::string boot = "this boot")
{
    return {time, {std::move(boot), uptime_s}};
}

auto const new_year = sys_days(year(2026) / January / 1);

TEST(ImageDates, a_mark_gets_its_date_once_the_clock_is_set)
{
    auto const mark = moment(sys_days(), 10).mark;
    EXPECT_EQ(date_of(mark, moment(sys_days() + 50s, 60)), std::nullopt);
    EXPECT_EQ(date_of(mark, moment(new_year, 60)), "2025-12-31T23:59:10.000000+00:00");
}

TEST(ImageDates, nobody_knows_the_date_of_a_mark_after_the_machine_was_started_anew)
{
    EXPECT_EQ(date_of(moment(sys_days(), 10).mark, moment(new_year, 60, "another boot")), std::nullopt);
    EXPECT_EQ(date_of({"", 10}, moment(new_year, 60, "")), std::nullopt);
}

TEST(ImageDates, a_clock_is_set_if_it_tells_a_time_after_this_was_written)
{
    EXPECT_FALSE(moment(sys_days(), 0).has_date());
    EXPECT_FALSE(moment(sys_days(year(2024) / December / 31), 0).has_date());
    EXPECT_TRUE(moment(sys_days(year(2025) / January / 1), 0).has_date());
}

TEST(ImageDates, the_clocks_of_this_machine_go_on)
{
    auto const first = read_clocks();
    auto const second = read_clocks();
    EXPECT_EQ(first.mark.boot.size(), 36u);
    EXPECT_EQ(first.mark.boot, second.mark.boot);
    EXPECT_GT(first.mark.uptime_s, 0);
    EXPECT_GE(second.mark.uptime_s, first.mark.uptime_s);
}

TEST(ImageDates, only_the_date_of_the_metadata_changes)
{
    EXPECT_EQ(with_date(R"({"tags":["a"],"created":"1970-01-01T00:00:07","source":null})", "now"),
              R"({"tags":["a"],"created":"now","source":null})");
    EXPECT_EQ(with_date("[]", "now"), std::nullopt);
    EXPECT_EQ(with_date("{", "now"), std::nullopt);
}

} // namespace
} // namespace learning_loop
