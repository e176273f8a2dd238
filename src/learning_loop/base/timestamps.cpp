#include "learning_loop/base/timestamps.h"

#include <spdlog/fmt/fmt.h>

#include <regex>

namespace learning_loop {

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
    if (text.size() > 40) return false;
    static std::regex const form(
        R"((\d{4})-(\d\d)-(\d\d)[T_]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)");
    std::cmatch match;
    if (!std::regex_match(text.data(), text.data() + text.size(), match, form)) return false;
    using namespace std::chrono;
    auto const number = [&](std::size_t group) { return std::stoi(match[group].str()); };
    return number(1) > 0 && year_month_day(year(number(1)), month(static_cast<unsigned>(number(2))),
                                           day(static_cast<unsigned>(number(3)))).ok();
}

} // namespace learning_loop
