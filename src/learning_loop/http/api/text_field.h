#pragma once

#include "learning_loop/json/reflect.h"

#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Reads the fields of structs from texts: the parts of a path and the values of a query.

namespace learning_loop::http {

/// Errors of all of these: invalid_argument if the text is no such value; the message tells what is expected.
Result<void> read_text(std::string_view text, std::string& into);
Result<void> read_text(std::string_view text, bool& into);
Error not_a_whole_number();

template <std::integral Number>
Result<void> read_text(std::string_view text, Number& into)
{
    auto const* const end = text.data() + text.size();
    auto const [rest, failure] = std::from_chars(text.data(), end, into);
    if (text.empty() || failure != std::errc() || rest != end) return not_a_whole_number();
    return {};
}

/// Reads a word of the enum that `into` points to, with the reader of its JSON.
Result<void> read_word(std::string_view text, JsonType const& type, void* into);

template <DescribedEnum Enum>
Result<void> read_text(std::string_view text, Enum& into)
{
    return read_word(text, json_type<Enum>(), &into);
}

template <class Value>
Result<Value> from_text(std::string_view text)
{
    Value value{};
    if (auto const read = read_text(text, value); !read) return read.error();
    return value;
}

/// A field of a struct, for code that does not know the type of the struct.
struct TextField {
    char const* name;
    std::string_view fault; ///< FastAPI's name, which peers know, for a text that cannot be read as this type.
    bool may_be_absent;
    Result<void> (*read)(std::string_view text, void* object);
    JsonType const& (*type)();
};

namespace text_field_detail {

template <class Value>
constexpr std::string_view fault_of()
{
    if constexpr (reflect_detail::is_optional<Value>) return fault_of<typename Value::value_type>();
    else if constexpr (std::same_as<Value, bool>) return "bool_parsing";
    else if constexpr (std::integral<Value>) return "int_parsing";
    else return "enum";
}

template <class T, class Member>
Result<void> read_member(std::string_view text, void* object)
{
    auto& field = static_cast<T*>(object)->*Member::pointer;
    if constexpr (reflect_detail::is_optional<reflect_detail::MemberType<T, Member>>)
        return read_text(text, field.emplace());
    else return read_text(text, field);
}

template <class T, class Member>
constexpr TextField field_of()
{
    using Value = reflect_detail::MemberType<T, Member>;
    return {Member::name, fault_of<Value>(), reflect_detail::is_optional<Value>, &read_member<T, Member>,
            &json_type<Value>};
}

template <class T, template <class...> class List, class... Member>
constexpr std::array<TextField, sizeof...(Member)> table_of(List<Member...>)
{
    return {field_of<T, Member>()...};
}

} // namespace text_field_detail

/// The fields of a struct, in the order of its description.
template <DescribedStruct T>
std::span<TextField const> text_fields_of()
{
    static constexpr auto fields = text_field_detail::table_of<T>(reflect_detail::Members<T>{});
    return fields;
}

} // namespace learning_loop::http
