#pragma once

#include "learning_loop/json/reflect.h"

#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Reads the fields of structs from texts: the parts of a path, the values of a query and the headers of a request.

namespace learning_loop::http {

/// A field of a struct that must be there. Every other field of a query may be absent: it keeps its initial value then.
template <class T>
struct Required {
    T value{};
};

/// What the API document tells of a field beside its type, and the names beside its own under which it is read.
struct FieldNote {
    std::string_view field;
    std::string_view meaning;
    std::array<std::string_view, 2> other_names{}; ///< Empty ones are none.
};

/// To be specialised for structs with fields that their names do not explain.
template <class T>
inline constexpr std::array<FieldNote, 0> field_notes{};

/// To be specialised for a type that is a text of a form of its own, with
/// `static Result<void> read(std::string_view text, T& into)` and `fault`, FastAPI's name for a text that has another.
/// With `static constexpr bool is_list = true` its text is a list at whose commas several texts may be put together.
template <class T>
struct TextForm {};

/// FastAPI's name, which peers know, for a text that cannot be read as that type. To be specialised where it is another
/// one.
template <class T>
inline constexpr std::string_view text_fault = [] {
    if constexpr (requires { TextForm<T>::fault; }) return TextForm<T>::fault;
    else if constexpr (std::same_as<T, bool>) return std::string_view("bool_parsing");
    else if constexpr (std::integral<T>) return std::string_view("int_parsing");
    else if constexpr (std::same_as<T, std::vector<std::string>>) return std::string_view("list_type");
    else return std::string_view("enum");
}();

/// Errors of all of these: invalid_argument if the text is no such value; the message tells what is expected.
Result<void> read_text(std::string_view text, std::string& into);
Result<void> read_text(std::string_view text, bool& into);
Result<void> read_text(std::string_view text, std::vector<std::string>& into); ///< At its commas, without empty ones.
Error not_a_whole_number();

template <std::integral Number>
Result<void> read_text(std::string_view text, Number& into)
{
    auto const* const end = text.data() + text.size();
    auto const [rest, failure] = std::from_chars(text.data(), end, into);
    if (text.empty() || failure != std::errc() || rest != end) return not_a_whole_number();
    return {};
}

template <DescribedEnum Enum>
Result<void> read_text(std::string_view text, Enum& into)
{
    auto const value = reflect_detail::read_word(text, reflect_detail::words_of<Enum>());
    if (!value) return value.error();
    into = static_cast<Enum>(*value);
    return {};
}

template <class T>
    requires requires { TextForm<T>::fault; }
Result<void> read_text(std::string_view text, T& into)
{
    return TextForm<T>::read(text, into);
}

template <class T>
Result<void> read_text(std::string_view text, std::optional<T>& into)
{
    return read_text(text, into.emplace());
}

template <class T>
Result<void> read_text(std::string_view text, Required<T>& into)
{
    return read_text(text, into.value);
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
    FieldNote note;
    std::string_view fault; ///< See text_fault.
    bool is_required;
    bool is_list; ///< Several texts under its name are one, with commas between. Of other fields they must be the same.
    Result<void> (*read)(std::string_view text, void* object);
    JsonType const& (*type)();
    boost::json::value (*initial)(); ///< What an absent field is; null: nothing.
};

namespace text_field_detail {

/// What is read for a field of that type, and how it is described.
template <class T>
struct Value {
    using type = T;
    static constexpr bool is_required = false;
};
template <class T>
struct Value<std::optional<T>> : Value<T> {};
template <class T>
struct Value<Required<T>> : Value<T> {
    static constexpr bool is_required = true;
};

template <class T>
inline constexpr bool has_form = requires { TextForm<T>::fault; };

template <class T>
inline constexpr bool is_text_list =
    std::same_as<T, std::vector<std::string>> || requires { requires TextForm<T>::is_list; };

template <class T, class Member>
Result<void> read_member(std::string_view text, void* object)
{
    return read_text(text, static_cast<T*>(object)->*Member::pointer);
}

template <class T, class Member>
boost::json::value initial_of()
{
    using Field = reflect_detail::MemberType<T, Member>;
    if constexpr (Value<Field>::is_required || has_form<typename Value<Field>::type>) return nullptr;
    else return to_json(T{}.*Member::pointer);
}

template <class T>
constexpr FieldNote note_of(std::string_view name)
{
    for (auto const& note : field_notes<T>) {
        if (note.field == name) return note;
    }
    return {};
}

template <class T, class Member>
constexpr TextField field_of()
{
    using OfField = Value<reflect_detail::MemberType<T, Member>>;
    using Read = typename OfField::type;
    using Described = std::conditional_t<has_form<Read>, std::string, Read>;
    return {Member::name,          note_of<T>(Member::name), text_fault<Read>,
            OfField::is_required,  is_text_list<Read>,       &read_member<T, Member>,
            &json_type<Described>, &initial_of<T, Member>};
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
