#include "learning_loop/settings/setting_value.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/json/words.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace learning_loop {
namespace setting_detail {
namespace {

using reflect_detail::Word;

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_plain_text(std::string_view text)
{
    return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

/// DATA_FOLDER for data_folder.
std::string derived_variable(std::string field)
{
    for (auto& c : field) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return field;
}

std::string expected_text(Setting const&)
{
    return "plain text";
}

std::string text_text(void const* value, Setting const&)
{
    return *static_cast<std::string const*>(value);
}

bool read_text(std::string_view text, Setting const&, void* into)
{
    *static_cast<std::string*>(into) = text;
    return is_plain_text(text);
}

std::string secret_text(void const*, Setting const&)
{
    return ""; // it is never shown
}

bool read_secret(std::string_view text, Setting const&, void* into)
{
    *static_cast<Secret*>(into) = Secret(text);
    return is_plain_text(text);
}

std::string expected_path(Setting const&)
{
    return "a path";
}

std::string path_text(void const* value, Setting const&)
{
    return static_cast<std::filesystem::path const*>(value)->string();
}

bool read_path(std::string_view text, Setting const&, void* into)
{
    *static_cast<std::filesystem::path*>(into) = text;
    return text.find('\0') == std::string_view::npos;
}

std::string expected_bool(Setting const&)
{
    return "true or false";
}

std::string bool_text(void const* value, Setting const&)
{
    return *static_cast<bool const*>(value) ? "true" : "false";
}

bool read_bool(std::string_view text, Setting const&, void* into)
{
    auto const value = parse_bool(text);
    if (value) *static_cast<bool*>(into) = *value;
    return value.has_value();
}

/// Throws std::logic_error unless there is exactly one row for each field.
void require_a_row_each(std::vector<Setting> const& rows, std::span<Member const> members)
{
    std::vector<std::string_view> names;
    for (auto const& member : members) names.emplace_back(member.name);
    for (auto const& row : rows) {
        if (std::erase(names, row.field) != 1)
            throw std::logic_error("settings: the row " + row.field + " has no field, or the field has two rows");
    }
    if (!names.empty()) throw std::logic_error("settings: the field " + std::string(names.front()) + " has no row");
}

} // namespace

std::string expected_word(std::span<Word const> words)
{
    std::string names;
    for (auto const& word : words) names += (names.empty() ? "" : ", ") + std::string(word.text);
    return "one of " + names;
}

std::string word_text(std::int64_t value, std::span<Word const> words)
{
    auto const* word = reflect_detail::find_word(value, words);
    return word ? word->text : "?";
}

std::optional<std::int64_t> read_word(std::string_view text, std::span<Word const> words)
{
    auto const word = std::ranges::find_if(words, [text](Word const& known) { return same_name(text, known.text); });
    return word == words.end() ? std::nullopt : std::optional(word->value);
}

std::vector<SettingField> bind_rows(std::vector<Setting> const& rows, std::span<Member const> members, void* settings)
{
    require_a_row_each(rows, members);
    std::vector<SettingField> fields;
    for (auto const& row : rows) {
        auto const member = std::ranges::find_if(members, [&](Member const& one) { return row.field == one.name; });
        fields.push_back(setting_field(row, member->type(), member->place(settings)));
    }
    return fields;
}

} // namespace setting_detail

SettingField setting_field(Setting setting, SettingType const& type, void* value)
{
    setting.secret = type.is_secret;
    if (setting.variable.empty() && !setting.flag_only)
        setting.variable = setting_detail::derived_variable(setting.field);
    SettingField field;
    field.expected = type.expected(setting);
    field.initial_value = type.text(value, setting);
    field.is_text = type.is_text;
    field.is_switch = type.is_switch;
    field.set = [setting, &type, value](std::string_view text) { return type.read(text, setting, value); };
    field.setting = std::move(setting);
    return field;
}

template <>
SettingType const& setting_type<std::string>()
{
    using namespace setting_detail;
    static constexpr SettingType type{
        .expected = &expected_text, .text = &text_text, .read = &read_text, .is_text = true};
    return type;
}

template <>
SettingType const& setting_type<Secret>()
{
    using namespace setting_detail;
    static constexpr SettingType type{
        .expected = &expected_text, .text = &secret_text, .read = &read_secret, .is_text = true, .is_secret = true};
    return type;
}

template <>
SettingType const& setting_type<std::filesystem::path>()
{
    using namespace setting_detail;
    static constexpr SettingType type{
        .expected = &expected_path, .text = &path_text, .read = &read_path, .is_text = true};
    return type;
}

template <>
SettingType const& setting_type<bool>()
{
    using namespace setting_detail;
    static constexpr SettingType type{
        .expected = &expected_bool, .text = &bool_text, .read = &read_bool, .is_switch = true};
    return type;
}

} // namespace learning_loop
