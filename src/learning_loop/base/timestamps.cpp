#include "learning_loop/base/timestamps.h"

#include "learning_loop/base/text.h"

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

/// `2024-01-31T12:00:00`, with that character between the date and the time.
std::string to_seconds(std::chrono::sys_seconds instant, char between)
{
    using namespace std::chrono;
    auto const day = floor<days>(instant);
    year_month_day const date(day);
    hh_mm_ss const time(instant - day);
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), between,
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

/// What a text says of an instant. Nothing of it is rounded yet.
struct WrittenTime {
    std::chrono::sys_seconds local; ///< As if the zone were UTC.
    std::string_view fraction;      ///< Its digits.
    bool is_leap_second = false;
    std::optional<std::chrono::minutes> offset; ///< How far the zone's clocks are ahead of UTC.
};

/// Takes a date apart from its front to its end.
class TimestampText {
public:
    explicit TimestampText(std::string_view text) : rest_(text) {}

    /// Returns nullopt unless the whole text is a date.
    std::optional<WrittenTime> read()
    {
        WrittenTime time;
        if (!read_date(time)) return std::nullopt;
        if (rest_.empty()) return time;
        if (!take_one_of("Tt_ ") || !read_time_of_day(time) || !read_zone(time) || !rest_.empty()) return std::nullopt;
        constexpr std::chrono::sys_days end_of_years = std::chrono::year(10000) / 1 / 1;
        if (time.local >= end_of_years) return std::nullopt; // a leap second at the very end
        return time;
    }

private:
    bool take_one_of(std::string_view characters)
    {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<int> take_number(std::size_t digits)
    {
        if (rest_.size() < digits) return std::nullopt;
        auto const number = number_of(rest_.substr(0, digits));
        rest_.remove_prefix(digits);
        return number;
    }

    bool read_date(WrittenTime& time)
    {
        constexpr std::size_t length = 10; // 2024-01-31
        if (rest_.size() < length || !is_date(rest_)) return false;
        using namespace std::chrono;
        auto const y = *take_number(4);
        rest_.remove_prefix(1);
        auto const m = *take_number(2);
        rest_.remove_prefix(1);
        auto const d = *take_number(2);
        time.local = sys_days(year_month_day(year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))));
        return true;
    }

    bool read_time_of_day(WrittenTime& time)
    {
        constexpr std::size_t length = 5; // 12:00
        constexpr int leap_second = 60;
        if (rest_.size() < length || !is_time_of_day(rest_)) return false;
        time.local += std::chrono::hours(*take_number(2));
        rest_.remove_prefix(1);
        time.local += std::chrono::minutes(*take_number(2));
        if (!take_one_of(":")) return true;
        auto const second = take_number(2);
        if (!second || *second > leap_second) return false;
        time.local += std::chrono::seconds(*second);
        time.is_leap_second = *second == leap_second;
        if (!take_one_of(".,")) return true;
        time.fraction = rest_.substr(0, rest_.find_first_not_of("0123456789"));
        rest_.remove_prefix(time.fraction.size());
        return !time.fraction.empty();
    }

    bool read_zone(WrittenTime& time)
    {
        using namespace std::chrono;
        if (rest_.empty()) return true;
        take_one_of(" ");
        if (take_one_of("Zz")) {
            time.offset = minutes(0);
            return true;
        }
        bool const is_behind = rest_.starts_with('-');
        if (!take_one_of("+-")) return false;
        auto const hour = take_number(2);
        bool const has_minutes = take_one_of(":") || !rest_.empty();
        auto const minute = has_minutes ? take_number(2) : std::optional(0);
        if (!hour || !minute || *hour > 23 || *minute > 59) return false;
        auto const size = hours(*hour) + minutes(*minute);
        time.offset = is_behind ? -size : size;
        return true;
    }

    std::string_view rest_;
};

std::string zone_of(std::chrono::minutes offset)
{
    std::chrono::hh_mm_ss const size(offset);
    return fmt::format("{}{:02}:{:02}", size.is_negative() ? '-' : '+', size.hours().count(), size.minutes().count());
}

} // namespace

std::string timestamp_now()
{
    return timestamp_of(std::chrono::system_clock::now());
}

std::string timestamp_of(std::chrono::system_clock::time_point time)
{
    using namespace std::chrono;
    auto const exact = floor<microseconds>(time);
    auto const second = floor<seconds>(exact);
    return fmt::format("{}.{:06}+00:00", to_seconds(second, 'T'), (exact - second).count());
}

std::string time_for_a_name(std::string timestamp)
{
    timestamp.resize(std::min(timestamp.size(), std::string_view("2024-01-31T12:00:00.123456").size()));
    std::replace(timestamp.begin(), timestamp.end(), ':', '-');
    return timestamp;
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

std::optional<ReadTimestamp> read_timestamp(std::string_view text)
{
    constexpr std::size_t max_digits = 6; // of a second: what Python's dates and those of databases hold
    auto const time = TimestampText(trimmed(text)).read();
    if (!time) return std::nullopt;
    auto const kept = time->fraction.substr(0, max_digits);
    auto const cut = time->fraction.substr(kept.size());
    ReadTimestamp result;
    result.iso = to_seconds(time->local, 'T');
    if (!kept.empty()) result.iso.append(".").append(kept);
    if (time->offset) result.iso += zone_of(*time->offset);
    result.has_zone = time->offset.has_value();
    result.is_exact = !time->is_leap_second && cut.find_first_not_of('0') == std::string_view::npos;
    return result;
}

std::string shown_in_utc(std::string_view text)
{
    auto const time = TimestampText(trimmed(text)).read();
    if (!time) return std::string(text);
    return to_seconds(time->local - time->offset.value_or(std::chrono::minutes(0)), ' ');
}

} // namespace learning_loop
