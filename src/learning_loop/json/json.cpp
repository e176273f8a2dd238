#include "learning_loop/json/json.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json_type.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace learning_loop {
namespace json = boost::json;
namespace {

void append(std::string& out, json::value const& value);

void append_number(std::string& out, double number)
{
    if (!std::isfinite(number)) { // JSON cannot say it
        out += "null";
        return;
    }
    char digits[400]; // the plain form of the largest double has 309 digits
    auto const end = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed).ptr;
    out.append(digits, end);
    if (std::string_view(digits, end).find('.') == std::string_view::npos) out += ".0";
}

void append_array(std::string& out, json::array const& array)
{
    out += '[';
    for (bool first = true; auto const& element : array) {
        if (!std::exchange(first, false)) out += ',';
        append(out, element);
    }
    out += ']';
}

void append_object(std::string& out, json::object const& object)
{
    out += '{';
    for (bool first = true; auto const& member : object) {
        if (!std::exchange(first, false)) out += ',';
        out += json::serialize(member.key());
        out += ':';
        append(out, member.value());
    }
    out += '}';
}

void append(std::string& out, json::value const& value)
{
    if (value.is_double()) return append_number(out, value.get_double());
    if (value.is_array()) return append_array(out, value.get_array());
    if (value.is_object()) return append_object(out, value.get_object());
    out += json::serialize(value);
}

/// Where the first number is that JSON cannot say; Boost.JSON reads 1e400 as infinity. nullopt: there is none.
std::optional<std::string> place_of_infinity(json::value const& value, JsonPath const& path)
{
    if (value.is_double() && !std::isfinite(value.get_double()))
        return path.text().empty() ? "the document" : path.text();
    if (auto const* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            if (auto found = place_of_infinity((*array)[i], path / i)) return found;
        }
    }
    if (auto const* object = value.if_object()) {
        for (auto const& member : *object) {
            auto const key = std::string_view(member.key().data(), member.key().size());
            if (auto found = place_of_infinity(member.value(), path / key)) return found;
        }
    }
    return std::nullopt;
}

void make_finite(json::value& value)
{
    if (auto* object = value.if_object()) {
        for (auto& member : *object) make_finite(member.value());
    } else if (auto* array = value.if_array()) {
        for (auto& element : *array) make_finite(element);
    } else if (value.is_double() && !std::isfinite(value.get_double())) {
        value = nullptr;
    }
}

/// The number of the UTF-16 unit that such an escape as `\u00e9` at the front stands for; 0: there is none.
unsigned escaped_unit(std::string_view text)
{
    unsigned unit = 0;
    if (text.size() < 6 || !text.starts_with("\\u")) return 0;
    auto const* const digits = text.data() + 2;
    return std::from_chars(digits, digits + 4, unit, 16).ptr == digits + 4 ? unit : 0;
}

/// What is escaped at the front, and what of it is to stand there: half of a pair, as Python writes bytes that are no
/// UTF-8, becomes the sign for an unknown character.
std::pair<std::size_t, std::string_view> sound_escape(std::string_view text)
{
    auto const first = escaped_unit(text);
    auto const second = text.size() > 6 ? escaped_unit(text.substr(6)) : 0;
    bool const is_half = first >= 0xD800 && first < 0xE000;
    if (!is_half) return {2, text.substr(0, 2)};
    bool const is_pair = first < 0xDC00 && second >= 0xDC00 && second < 0xE000;
    return is_pair ? std::pair<std::size_t, std::string_view>(12, text.substr(0, 12))
                   : std::pair<std::size_t, std::string_view>(6, "\\ufffd");
}

/// With `null` for the words that Python writes where JSON has no number, not within texts, and with sound escapes.
std::string without_oddities(std::string_view text)
{
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3); // a byte order mark
    std::string out;
    bool is_in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const rest = text.substr(i);
        if (is_in_text && text[i] == '\\' && rest.size() > 1) { // and what it escapes
            auto const [length, sound] = sound_escape(rest);
            out.append(sound);
            i += length - 1;
            continue;
        }
        is_in_text = is_in_text != (text[i] == '"');
        std::string_view word;
        for (std::string_view const odd : {"NaN", "-Infinity", "Infinity"}) {
            if (!is_in_text && word.empty() && rest.starts_with(odd)) word = odd;
        }
        if (word.empty()) out += text[i];
        else out += "null";
        i += word.empty() ? 0 : word.size() - 1;
    }
    return out;
}

Result<json::value> parse(std::string_view text, std::string_view what)
{
    json::parse_options options;
    options.max_depth = 64;
    boost::system::error_code failure;
    auto value = json::parse(json::string_view(text.data(), text.size()), failure, {}, options);
    if (!failure) return value;
    return Error{Errc::invalid_argument, std::string(what) + ": is not valid JSON (" + failure.message() + ")"};
}

} // namespace

Result<json::value> parse_json_with_odd_numbers(std::string_view text, std::string_view what)
{
    auto value = parse(text, what);
    if (!value) value = parse(without_oddities(text), what);
    if (value) make_finite(*value);
    return value;
}

Result<json::value> parse_json(std::string_view text, std::string_view what)
{
    auto value = parse(text, what);
    if (!value) return value;
    auto const infinity = place_of_infinity(*value, {});
    if (!infinity) return value;
    return Error{Errc::invalid_argument,
                 std::string(what) + ": " + printable(*infinity) + " is a number beyond 1.8e308"};
}

json::value const* find_present(json::object const& object, std::string_view key)
{
    auto const* const value = object.if_contains(key);
    return value && !value->is_null() ? value : nullptr;
}

std::string to_text(json::value const& value)
{
    std::string out;
    append(out, value);
    return out;
}

} // namespace learning_loop
