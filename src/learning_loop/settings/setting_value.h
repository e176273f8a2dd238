#pragma once

#include "learning_loop/base/secret.h"
#include "learning_loop/json/description.h"
#include "learning_loop/settings/setting.h"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// How each type of field is read from text, described and written. The range comes from the setting's description.

namespace learning_loop {

/// How values of one type are read, written and described, for code that does not know the type.
struct SettingType {
    std::string (*expected)(Setting const& setting); ///< As `a whole number from 0 to 65535`.
    std::string (*text)(void const* value, Setting const& setting);
    bool (*read)(std::string_view text, Setting const& setting, void* into); ///< False: the text is not as expected.
    bool is_text = false;                                                    ///< In a file it is written in quotes.
    bool is_switch = false; ///< As a flag it may stand alone and then means `true`.
    bool is_secret = false;
};

/// Of texts (UTF-8 without control characters), paths, secrets, bools, whole numbers, doubles, seconds
/// (`std::chrono::duration<double>`), described enums (in any case of letters), and optionals of those, where an empty
/// text means that there is no value.
template <class T>
SettingType const& setting_type();

/// The row, bound to the value, which must live as long as the result.
SettingField setting_field(Setting setting, SettingType const& type, void* value);

namespace setting_detail {

struct IntegerRange {
    std::int64_t min;
    std::uint64_t max;
};

std::string expected_integer(Setting const& setting, IntegerRange range);
std::string integer_text(std::string plain, std::uint64_t value, Setting const& setting);

/// The bits of the number; nullopt if the text is not one within the range of its type and its setting.
std::optional<std::uint64_t> read_integer(std::string_view text, Setting const& setting, IntegerRange range);

std::string expected_word(std::span<reflect_detail::Word const> words);
std::string word_text(std::int64_t value, std::span<reflect_detail::Word const> words);
std::optional<std::int64_t> read_word(std::string_view text, std::span<reflect_detail::Word const> words);

/// Not defined for a type that no setting is read into. Of texts, bools, floats and so on see setting_value.cpp.
template <class T>
struct Kind;

template <std::integral T>
struct Kind<T> {
    static constexpr IntegerRange range{std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};

    static std::string expected(Setting const& setting) { return expected_integer(setting, range); }
    static std::string text(void const* value, Setting const& setting)
    {
        auto const number = *static_cast<T const*>(value);
        return integer_text(std::to_string(number), static_cast<std::uint64_t>(number), setting);
    }
    static bool read(std::string_view text, Setting const& setting, void* into)
    {
        auto const bits = read_integer(text, setting, range);
        if (bits) *static_cast<T*>(into) = static_cast<T>(*bits);
        return bits.has_value();
    }
    static constexpr SettingType type{&expected, &text, &read};
};

template <DescribedEnum T>
struct Kind<T> {
    static std::string expected(Setting const&) { return expected_word(reflect_detail::words_of<T>()); }
    static std::string text(void const* value, Setting const&)
    {
        return word_text(static_cast<std::int64_t>(*static_cast<T const*>(value)), reflect_detail::words_of<T>());
    }
    static bool read(std::string_view text, Setting const&, void* into)
    {
        auto const value = setting_detail::read_word(text, reflect_detail::words_of<T>());
        if (value) *static_cast<T*>(into) = static_cast<T>(*value);
        return value.has_value();
    }
    static constexpr SettingType type{&expected, &text, &read, true};
};

template <class T>
struct Kind<std::optional<T>> {
    static std::string expected(Setting const& setting) { return setting_type<T>().expected(setting); }
    static std::string text(void const* value, Setting const& setting)
    {
        auto const& inner = *static_cast<std::optional<T> const*>(value);
        return inner ? setting_type<T>().text(&*inner, setting) : "";
    }
    static bool read(std::string_view text, Setting const& setting, void* into)
    {
        auto& inner = *static_cast<std::optional<T>*>(into);
        inner.reset();
        return text.empty() || setting_type<T>().read(text, setting, &inner.emplace());
    }
};

/// A field of a settings struct.
struct Member {
    char const* name;
    SettingType const& (*type)();
    void* (*place)(void* settings);
};

template <class T, class Described>
void* place_of(void* settings)
{
    return &(static_cast<T*>(settings)->*Described::pointer);
}

template <class T, template <class...> class List, class... Described>
constexpr std::array<Member, sizeof...(Described)> member_table(List<Described...>)
{
    return {
        Member{Described::name, &setting_type<reflect_detail::MemberType<T, Described>>, &place_of<T, Described>}...};
}

std::vector<SettingField> bind_rows(std::vector<Setting> const& rows, std::span<Member const> members, void* settings);

} // namespace setting_detail

template <class T>
SettingType const& setting_type()
{
    if constexpr (reflect_detail::is_optional<T>) {
        using Kind = setting_detail::Kind<T>;
        static SettingType const type{&Kind::expected, &Kind::text, &Kind::read,
                                      setting_type<typename T::value_type>().is_text};
        return type;
    } else {
        return setting_detail::Kind<T>::type;
    }
}

template <>
SettingType const& setting_type<std::string>();
template <>
SettingType const& setting_type<Secret>();
template <>
SettingType const& setting_type<std::filesystem::path>();
template <>
SettingType const& setting_type<bool>();
template <>
SettingType const& setting_type<double>();
template <>
SettingType const& setting_type<std::chrono::duration<double>>();

/// All rows, each bound to the field of its name, in the order of the rows. Refers to `settings`. Throws
/// std::logic_error unless there is exactly one row for each field that is described.
template <DescribedStruct T>
std::vector<SettingField> setting_fields(std::vector<Setting> const& rows, T& settings)
{
    static constexpr auto members = setting_detail::member_table<T>(reflect_detail::Members<T>{});
    return setting_detail::bind_rows(rows, members, &settings);
}

} // namespace learning_loop
