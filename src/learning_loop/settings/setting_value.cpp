#include "learning_loop/settings/setting_value.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/utf8.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <utility>

namespace learning_loop {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> units{
    {{"TiB", 1ull << 40}, {"GiB", 1ull << 30}, {"MiB", 1ull << 20}, {"KiB", 1ull << 10}}};

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

} // namespace

bool is_within_range(double value, Setting const& setting)
{
    // Written so that "nan" is in no range.
    return value >= setting.min.value_or(std::numeric_limits<double>::lowest()) &&
           value <= setting.max.value_or(std::numeric_limits<double>::max());
}

bool read_setting(std::string_view text, Setting const&, std::string& value)
{
    value = text;
    return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

bool read_setting(std::string_view text, Setting const& setting, Secret& value)
{
    std::string checked;
    value = Secret(text);
    return read_setting(text, setting, checked);
}

bool read_setting(std::string_view text, Setting const&, std::filesystem::path& value)
{
    value = text;
    return text.find('\0') == std::string_view::npos;
}

bool read_setting(std::string_view text, Setting const&, bool& value)
{
    auto const word = lower_case(text);
    value = word == "1" || word == "true";
    return value || word == "0" || word == "false";
}

bool read_setting(std::string_view text, Setting const& setting, double& value)
{
    auto const [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc() && rest == text.data() + text.size() && is_within_range(value, setting);
}

bool read_setting(std::string_view text, Setting const& setting, std::chrono::duration<double>& value)
{
    double seconds = 0;
    bool const is_good = read_setting(text, setting, seconds);
    value = std::chrono::duration<double>(seconds);
    return is_good;
}

bool read_bytes(std::string_view text, std::uint64_t& value)
{
    auto const [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc()) return false;
    auto const unit = text.substr(static_cast<std::size_t>(rest - text.data()));
    if (unit.empty()) return true;
    for (auto const& [name, bytes] : units) {
        if (unit != name) continue;
        bool const fits = value <= std::numeric_limits<std::uint64_t>::max() / bytes;
        value *= bytes;
        return fits;
    }
    return false;
}

std::string setting_text(std::string const& value, Setting const&)
{
    return value;
}

std::string setting_text(Secret const&, Setting const&)
{
    return "";
}

std::string setting_text(std::filesystem::path const& value, Setting const&)
{
    return value.string();
}

std::string setting_text(bool value, Setting const&)
{
    return value ? "true" : "false";
}

std::string setting_text(double value, Setting const&)
{
    return fmt::format("{}", value);
}

std::string setting_text(std::chrono::duration<double> value, Setting const&)
{
    return fmt::format("{}", value.count());
}

std::string bytes_text(std::uint64_t value)
{
    for (auto const& [name, bytes] : units) {
        if (value >= bytes && value % bytes == 0) return fmt::format("{}{}", value / bytes, name);
    }
    return std::to_string(value);
}

std::string expected_number(std::string const& what, std::optional<double> least, std::optional<double> most)
{
    if (least && most) return fmt::format("{} from {} to {}", what, *least, *most);
    if (least) return fmt::format("{}, {} or more", what, *least);
    return most ? fmt::format("{}, {} or less", what, *most) : what;
}

std::string derived_variable(std::string field)
{
    for (auto& c : field) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return field;
}

void require_a_row_each(std::vector<Setting> const& rows, std::vector<std::string> names)
{
    for (auto const& row : rows) {
        if (std::erase(names, row.field) != 1)
            throw std::logic_error("settings: the row " + row.field + " has no field, or the field has two rows");
    }
    if (!names.empty()) throw std::logic_error("settings: the field " + names.front() + " has no row");
}

} // namespace learning_loop
