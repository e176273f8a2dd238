#include "learning_loop/json/json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
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

/// Boost.JSON reads 1e400 as infinity, which JSON cannot say.
bool is_finite(json::value const& value)
{
    if (auto const* number = value.if_double()) return std::isfinite(*number);
    if (auto const* array = value.if_array()) return std::ranges::all_of(*array, is_finite);
    auto const member_is_finite = [](auto const& member) { return is_finite(member.value()); };
    if (auto const* object = value.if_object()) return std::ranges::all_of(*object, member_is_finite);
    return true;
}

} // namespace

Result<json::value> parse_json(std::string_view text, std::string_view what)
{
    json::parse_options options;
    options.max_depth = 64;
    boost::system::error_code failure;
    auto value = json::parse(json::string_view(text.data(), text.size()), failure, {}, options);
    if (failure)
        return Error{Errc::invalid_argument, std::string(what) + ": is not valid JSON (" + failure.message() + ")"};
    if (!is_finite(value)) return Error{Errc::invalid_argument, std::string(what) + ": has a number beyond 1.8e308"};
    return value;
}

std::string to_text(json::value const& value)
{
    std::string out;
    append(out, value);
    return out;
}

} // namespace learning_loop
