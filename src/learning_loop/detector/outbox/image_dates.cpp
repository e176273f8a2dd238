#include "learning_loop/detector/outbox/image_dates.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"

#include <ctime>
#include <fstream>

namespace learning_loop {
namespace {

using namespace std::chrono;

constexpr auto first_date = sys_days(year(2025) / January / 1);

std::string read_boot()
{
    static std::string const boot = [] {
        // /proc tells no length of its files, so `read_file` does not fit.
        std::ifstream file("/proc/sys/kernel/random/boot_id");
        std::string text;
        std::getline(file, text);
        return text;
    }();
    return boot;
}

} // namespace

bool Moment::has_date() const
{
    return time >= first_date;
}

Moment read_clocks()
{
    timespec uptime{};
    ::clock_gettime(CLOCK_BOOTTIME, &uptime);
    return {system_clock::now(),
            {read_boot(), static_cast<double>(uptime.tv_sec) + static_cast<double>(uptime.tv_nsec) / 1e9}};
}

std::optional<std::string> date_of(ClockMark const& mark, Moment const& now)
{
    if (!now.has_date() || mark.boot.empty() || mark.boot != now.mark.boot) return std::nullopt;
    auto const ago = duration<double>(now.mark.uptime_s - mark.uptime_s);
    return timestamp_of(now.time - duration_cast<system_clock::duration>(ago));
}

std::optional<std::string> with_date(std::string_view metadata, std::string const& date)
{
    auto document = parse_json(metadata, "metadata");
    if (!document || !document->is_object()) return std::nullopt;
    document->as_object()["created"] = date;
    return to_text(*document);
}

} // namespace learning_loop
