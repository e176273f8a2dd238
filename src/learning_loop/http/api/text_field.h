#pragma once

#include "learning_loop/json/reflect.h"

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// Reads a field of a path or a query. invalid_argument tells what is expected instead.
template <class Field>
Result<Field> from_text(std::string_view text)
{
    if constexpr (std::same_as<Field, std::string>) {
        return std::string(text);
    } else if constexpr (std::same_as<Field, bool>) {
        if (text == "true" || text == "True" || text == "1" || text == "on") return true;
        if (text == "false" || text == "False" || text == "0" || text == "off") return false;
        return Error{Errc::invalid_argument, "expected true or false"};
    } else if constexpr (DescribedEnum<Field>) {
        boost::json::value const value(boost::json::string_view(text.data(), text.size()));
        auto read = from_json<Field>(value, JsonPath("it"));
        if (!read) return Error{Errc::invalid_argument, read.error().message.substr(std::string_view("it: ").size())};
        return *read;
    } else {
        static_assert(std::integral<Field>, "no text is read as this type");
        Field value{};
        auto const* const end = text.data() + text.size();
        auto const [rest, failure] = std::from_chars(text.data(), end, value);
        if (!text.empty() && failure == std::errc() && rest == end) return value;
        return Error{Errc::invalid_argument, "expected a whole number"};
    }
}

/// FastAPI's name for a text that cannot be read as the type, which peers know.
template <class Field>
constexpr std::string_view type_of_fault()
{
    if constexpr (std::same_as<Field, bool>) return "bool_parsing";
    else if constexpr (std::integral<Field>) return "int_parsing";
    else return "enum";
}

} // namespace learning_loop::http
