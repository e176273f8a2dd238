#pragma once

#include "learning_loop/json/reflect.h"
#include "learning_loop/base/secret.h"
#include "learning_loop/settings/setting.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>

// How each type of field is read from text, described and written. The range comes from the setting's description.

namespace learning_loop {

/// Plain text: UTF-8 without control characters.
bool read_setting(std::string_view text, Setting const& setting, std::string& value);
bool read_setting(std::string_view text, Setting const& setting, Secret& value);
bool read_setting(std::string_view text, Setting const& setting, std::filesystem::path& value);
/// 1, true, 0 or false, in any case.
bool read_setting(std::string_view text, Setting const& setting, bool& value);
bool read_setting(std::string_view text, Setting const& setting, double& value);
bool read_setting(std::string_view text, Setting const& setting, std::chrono::duration<double>& value);
/// `512MiB`, or a plain number.
bool read_bytes(std::string_view text, std::uint64_t& value);
bool is_within_range(double value, Setting const& setting);

std::string setting_text(std::string const& value, Setting const& setting);
std::string setting_text(Secret const& value, Setting const& setting); ///< Empty.
std::string setting_text(std::filesystem::path const& value, Setting const& setting);
std::string setting_text(bool value, Setting const& setting);
std::string setting_text(double value, Setting const& setting);
std::string setting_text(std::chrono::duration<double> value, Setting const& setting);
std::string bytes_text(std::uint64_t value);

/// `a whole number from 0 to 65535`.
std::string expected_number(std::string const& what, std::optional<double> least, std::optional<double> most);

/// DATA_FOLDER for data_folder.
std::string derived_variable(std::string field);

/// Throws std::logic_error unless there is exactly one row for each field that is described.
void require_a_row_each(std::vector<Setting> const& rows, std::vector<std::string> names);

template <JsonInteger T>
bool read_setting(std::string_view text, Setting const& setting, T& value)
{
    if constexpr (std::same_as<T, std::uint64_t>) {
        if (setting.bytes) return read_bytes(text, value) && is_within_range(static_cast<double>(value), setting);
    }
    auto const [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc() && rest == text.data() + text.size() &&
           is_within_range(static_cast<double>(value), setting);
}

template <JsonInteger T>
std::string setting_text(T value, Setting const& setting)
{
    return setting.bytes ? bytes_text(static_cast<std::uint64_t>(value)) : std::to_string(value);
}

/// In any case.
template <DescribedEnum T>
bool read_setting(std::string_view text, Setting const& setting, T& value)
{
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
        std::string_view const name = enumerator.name;
        auto const same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
        if (std::equal(text.begin(), text.end(), name.begin(), name.end(), same)) {
            value = enumerator.value;
            found = true;
        }
    });
    static_cast<void>(setting);
    return found;
}

template <DescribedEnum T>
std::string setting_text(T value, Setting const&)
{
    return boost::describe::enum_to_string(value, "?");
}

/// An empty text means that there is no value.
template <class T>
bool read_setting(std::string_view text, Setting const& setting, std::optional<T>& value)
{
    T inner{};
    if (!text.empty() && !read_setting(text, setting, inner)) return false;
    value = text.empty() ? std::nullopt : std::optional<T>(std::move(inner));
    return true;
}

template <class T>
std::string setting_text(std::optional<T> const& value, Setting const& setting)
{
    return value ? setting_text(*value, setting) : "";
}

template <class T>
inline constexpr bool is_setting_text = std::same_as<T, std::string> || std::same_as<T, Secret> ||
                                        std::same_as<T, std::filesystem::path> || DescribedEnum<T>;
template <class T>
inline constexpr bool is_setting_text<std::optional<T>> = is_setting_text<T>;

template <class T>
struct ExpectedSetting {
    static std::string text(Setting const& setting)
    {
        if constexpr (std::same_as<T, bool>) {
            return "true or false";
        } else if constexpr (JsonInteger<T>) {
            if (setting.bytes) return "a number of bytes, as 1000000, 512MiB or 10GiB";
            auto const least = std::is_unsigned_v<T> ? std::optional(0.0) : std::nullopt;
            auto const most = sizeof(T) <= 2 ? std::optional<double>(std::numeric_limits<T>::max()) : std::nullopt;
            return expected_number("a whole number", setting.min ? setting.min : least,
                                   setting.max ? setting.max : most);
        } else if constexpr (std::same_as<T, double>) {
            return expected_number("a number", setting.min, setting.max);
        } else if constexpr (std::same_as<T, std::chrono::duration<double>>) {
            return expected_number("a number of seconds", setting.min, setting.max);
        } else if constexpr (DescribedEnum<T>) {
            std::string names;
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
                [&](auto enumerator) { names += (names.empty() ? "" : ", ") + std::string(enumerator.name); });
            return "one of " + names;
        } else if constexpr (std::same_as<T, std::filesystem::path>) {
            return "a path";
        } else {
            static_assert(std::same_as<T, std::string> || std::same_as<T, Secret>, "no setting is read into this type");
            return "plain text";
        }
    }
};
template <class T>
struct ExpectedSetting<std::optional<T>> : ExpectedSetting<T> {};

/// The row, bound to the field that holds the value.
template <class T>
SettingField setting_field(Setting setting, T& value)
{
    setting.secret = std::same_as<T, Secret>;
    if (setting.variable.empty()) setting.variable = derived_variable(setting.field);
    SettingField field;
    field.expected = ExpectedSetting<T>::text(setting);
    field.initial_value = setting_text(value, setting);
    field.is_text = is_setting_text<T>;
    field.is_switch = std::same_as<T, bool>;
    field.set = [setting, &value](std::string_view text) { return read_setting(text, setting, value); };
    field.setting = std::move(setting);
    return field;
}

/// All rows, each bound to the field of its name, in the order of the rows. Refers to `settings`. Throws
/// std::logic_error unless there is exactly one row for each field that is described.
template <DescribedStruct T>
std::vector<SettingField> setting_fields(std::vector<Setting> const& rows, T& settings)
{
    using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
    std::vector<std::string> names;
    boost::mp11::mp_for_each<Members>([&](auto member) { names.emplace_back(member.name); });
    require_a_row_each(rows, names);
    std::vector<SettingField> fields;
    for (auto const& row : rows) {
        boost::mp11::mp_for_each<Members>([&](auto member) {
            if (row.field == member.name) fields.push_back(setting_field(row, settings.*member.pointer));
        });
    }
    return fields;
}

} // namespace learning_loop
