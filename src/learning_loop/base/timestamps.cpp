#include "learning_loop/base/timestamps.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace learning_loop {
namespace {

/// The number that these digits, and nothing but digits, make.
std::optional<int> number_of(std::string_view digits)
{
    int number = 0;
    for (char const c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        number = 10 * number + (c - '0');
    }
    return number;
}

/// `12:34`
bool is_time_of_day(std::string_view text)
{
    auto const hour = number_of(text.substr(0, 2));
    auto const minute = number_of(text.substr(3, 2));
    return hour && minute && *hour < 24 && *minute < 60 && text[2] == ':';
}

bool is_date(std::string_view text)
{
    using namespace std::chrono;
    auto const number = [&](std::size_t from, std::size_t count) { return number_of(text.substr(from, count)); };
    auto const y = number(0, 4);
    auto const m = number(5, 2);
    auto const d = number(8, 2);
    if (!y || !m || !d || *y == 0 || text[4] != '-' || text[7] != '-') return false;
    return year_month_day(year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))).ok();
}

/// Empty, `Z`, `+02:00` or `+0200`.
bool is_zone(std::string_view text)
{
    if (text.empty() || text == "Z") return true;
    if (text.front() != '+' && text.front() != '-') return false;
    if (text.size() == 6) return is_time_of_day(text.substr(1));
    return text.size() == 5 && is_time_of_day(std::string(text.substr(1, 2)) + ":" + std::string(text.substr(3, 2)));
}

} // namespace

std::string timestamp_now()
{
    using namespace std::chrono;
    auto const now = floor<microseconds>(system_clock::now());
    auto const day = floor<days>(now);
    year_month_day const date(day);
    hh_mm_ss const time(now - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

bool is_timestamp(std::string_view text)
{
    constexpr std::size_t seconds_end = 19; // 2024-01-31T12:00:00
    if (text.size() < seconds_end || (text[10] != 'T' && text[10] != '_')) return false;
    auto const seconds = number_of(text.substr(17, 2));
    if (!is_date(text) || !is_time_of_day(text.substr(11, 5)) || text[16] != ':' || !seconds || *seconds > 59)
        return false;
    auto rest = text.substr(seconds_end);
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        auto const fraction = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (fraction < 1 || fraction > 6) return false;
        rest.remove_prefix(fraction);
    }
    return is_zone(rest);
}

} // namespace learning_loop
