#include "learning_loop/settings/setting_value.h"

#include "learning_loop/base/text.h"

#include <fmt/core.h>

#include <charconv>
#include <system_error>
#include <utility>

// Settings that are numbers.

namespace learning_loop {
namespace setting_detail {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> units{
    {{"TiB", 1ull << 40}, {"GiB", 1ull << 30}, {"MiB", 1ull << 20}, {"KiB", 1ull << 10}}};

bool is_within_range(double value, Setting const& setting)
{
    // Written so that "nan" is in no range.
    return value >= setting.min.value_or(std::numeric_limits<double>::lowest()) &&
           value <= setting.max.value_or(std::numeric_limits<double>::max());
}

/// The number that the whole text is.
template <class T>
std::optional<T> number_in(std::string_view text)
{
    T number{};
    auto const [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || rest != text.data() + text.size()) return std::nullopt;
    return number;
}

/// `512MiB`, or a plain number.
std::optional<std::uint64_t> bytes_in(std::string_view text)
{
    for (auto const& [name, bytes] : units) {
        if (!text.ends_with(name)) continue;
        auto const number = parse_whole_number(text.substr(0, text.size() - name.size()));
        if (!number || *number > std::numeric_limits<std::uint64_t>::max() / bytes) return std::nullopt;
        return *number * bytes;
    }
    return parse_whole_number(text);
}

/// The bits of a whole number within the range of its type.
std::optional<std::uint64_t> bits_in(std::string_view text, IntegerRange range)
{
    if (range.min < 0 && text.starts_with('-')) {
        auto const number = number_in<std::int64_t>(text);
        if (!number || *number < range.min) return std::nullopt;
        return static_cast<std::uint64_t>(*number);
    }
    auto const number = parse_whole_number(text);
    return number && *number <= range.max ? number : std::nullopt;
}

std::string expected_number(std::string const& what, std::optional<double> min, std::optional<double> max)
{
    if (min && max) return fmt::format("{} from {} to {}", what, *min, *max);
    if (min) return fmt::format("{}, {} or more", what, *min);
    return max ? fmt::format("{}, {} or less", what, *max) : what;
}

std::string expected_double(Setting const& setting)
{
    return expected_number("a number", setting.min, setting.max);
}

std::string double_text(void const* value, Setting const&)
{
    return fmt::format("{}", *static_cast<double const*>(value));
}

bool read_double(std::string_view text, Setting const& setting, void* into)
{
    auto const number = number_in<double>(text);
    if (!number || !is_within_range(*number, setting)) return false;
    *static_cast<double*>(into) = *number;
    return true;
}

using Seconds = std::chrono::duration<double>;

std::string expected_seconds(Setting const& setting)
{
    return expected_number("a number of seconds", setting.min, setting.max);
}

std::string seconds_text(void const* value, Setting const&)
{
    return fmt::format("{}", static_cast<Seconds const*>(value)->count());
}

bool read_seconds(std::string_view text, Setting const& setting, void* into)
{
    double seconds = 0;
    if (!read_double(text, setting, &seconds)) return false;
    *static_cast<Seconds*>(into) = Seconds(seconds);
    return true;
}

} // namespace

std::string expected_integer(Setting const& setting, IntegerRange range)
{
    if (setting.bytes) return "a number of bytes, as 1000000, 512MiB or 10GiB";
    constexpr std::uint64_t max_shown = 65535; // what limits longer numbers is their meaning, not their type
    auto min = setting.min;
    auto max = setting.max;
    if (!min && range.min == 0) min = 0;
    if (!max && range.max <= max_shown) max = static_cast<double>(range.max);
    return expected_number("a whole number", min, max);
}

std::string integer_text(std::string plain, std::uint64_t value, Setting const& setting)
{
    if (!setting.bytes) return plain;
    for (auto const& [name, bytes] : units) {
        if (value >= bytes && value % bytes == 0) return fmt::format("{}{}", value / bytes, name);
    }
    return plain;
}

std::optional<std::uint64_t> read_integer(std::string_view text, Setting const& setting, IntegerRange range)
{
    auto const bits = setting.bytes ? bytes_in(text) : bits_in(text, range);
    if (!bits || (setting.bytes && *bits > range.max)) return std::nullopt;
    bool const is_negative = !setting.bytes && range.min < 0 && static_cast<std::int64_t>(*bits) < 0;
    auto const value = is_negative ? static_cast<double>(static_cast<std::int64_t>(*bits)) : static_cast<double>(*bits);
    return is_within_range(value, setting) ? bits : std::nullopt;
}

} // namespace setting_detail

template <>
SettingType const& setting_type<double>()
{
    using namespace setting_detail;
    static constexpr SettingType type{.expected = &expected_double, .text = &double_text, .read = &read_double};
    return type;
}

template <>
SettingType const& setting_type<std::chrono::duration<double>>()
{
    using namespace setting_detail;
    static constexpr SettingType type{.expected = &expected_seconds, .text = &seconds_text, .read = &read_seconds};
    return type;
}

} // namespace learning_loop
