#pragma once

#include "learning_loop/json/json_type.h"

#include <boost/json/array.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <typeinfo>

// What is compiled for each type, by the kind that it is of. Include reflect.h instead.

namespace learning_loop {
namespace reflect_detail {

template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool>;

boost::json::object struct_schema(std::type_info const& type, std::span<Field const> fields,
                                  SchemaCollector& collector);

/// The value of a word. Errors: invalid_argument if there is no such word; the message lists those there are.
Result<std::int64_t> read_word(std::string_view text, std::span<Word const> words);
boost::json::value write_word(std::int64_t value, std::span<Word const> words);
Result<std::int64_t> read_word(boost::json::value const& json, JsonPath const& path, std::span<Word const> words);
boost::json::object word_schema(std::span<Word const> words);

/// A whole number from `min` to `max`, as its bits.
Result<std::uint64_t> read_integer(boost::json::value const& json, JsonPath const& path, std::int64_t min,
                                   std::uint64_t max);
boost::json::object integer_schema(int bits, bool is_signed);

boost::json::object nullable(boost::json::object schema);

/// Not defined for a type that has no description. Of texts, bools, floats and JSON values see reflect.cpp.
template <class T>
struct Kind;

template <DescribedStruct T>
struct Kind<T> {
    static boost::json::value write(T const& value) { return write_struct(&value, fields_of<T>()); }
    static Result<void> read(boost::json::value const& json, JsonPath const& path, T& into)
    {
        return read_struct(json, path, &into, fields_of<T>());
    }
    static boost::json::object schema(SchemaCollector& collector)
    {
        return struct_schema(typeid(T), fields_of<T>(), collector);
    }
};

template <DescribedEnum T>
struct Kind<T> {
    static boost::json::value write(T value) { return write_word(static_cast<std::int64_t>(value), words_of<T>()); }
    static Result<void> read(boost::json::value const& json, JsonPath const& path, T& into)
    {
        auto const value = read_word(json, path, words_of<T>());
        if (!value) return value.error();
        into = static_cast<T>(*value);
        return {};
    }
    static boost::json::object schema(SchemaCollector&) { return word_schema(words_of<T>()); }
};

template <JsonInteger T>
struct Kind<T> {
    static boost::json::value write(T value)
    {
        if (std::in_range<std::int64_t>(value)) return static_cast<std::int64_t>(value);
        return static_cast<std::uint64_t>(value);
    }
    static Result<void> read(boost::json::value const& json, JsonPath const& path, T& into)
    {
        using Limits = std::numeric_limits<T>;
        auto const bits = read_integer(json, path, static_cast<std::int64_t>(Limits::min()),
                                       static_cast<std::uint64_t>(Limits::max()));
        if (!bits) return bits.error();
        into = static_cast<T>(*bits);
        return {};
    }
    static boost::json::object schema(SchemaCollector&) { return integer_schema(8 * sizeof(T), std::is_signed_v<T>); }
};

template <class T>
struct Kind<std::optional<T>> {
    static boost::json::value write(std::optional<T> const& value)
    {
        return value ? json_type<T>().write(&*value) : boost::json::value(nullptr);
    }
    static Result<void> read(boost::json::value const& json, JsonPath const& path, std::optional<T>& into)
    {
        into.reset();
        return json.is_null() ? Result<void>() : json_type<T>().read(json, path, &into.emplace());
    }
    static boost::json::object schema(SchemaCollector& collector) { return nullable(json_type<T>().schema(collector)); }
};

template <class T>
struct Kind<std::vector<T>> {
    static boost::json::value write(std::vector<T> const& list)
    {
        boost::json::array array;
        array.reserve(list.size());
        for (auto const& element : list) array.push_back(json_type<T>().write(&element));
        return array;
    }
    static Result<void> read(boost::json::value const& json, JsonPath const& path, std::vector<T>& into)
    {
        auto const* array = json.if_array();
        if (!array) return error_at(path, "expected a list");
        into.clear();
        into.reserve(array->size());
        for (std::size_t i = 0; i < array->size(); ++i) {
            auto const read = json_type<T>().read((*array)[i], path / i, &into.emplace_back());
            if (!read) return read;
        }
        return {};
    }
    static boost::json::object schema(SchemaCollector& collector)
    {
        return {{"type", "array"}, {"items", json_type<T>().schema(collector)}};
    }
};

template <class T>
struct Kind<std::map<std::string, T>> {
    static boost::json::value write(std::map<std::string, T> const& map)
    {
        boost::json::object object;
        for (auto const& [key, element] : map) object.emplace(key, json_type<T>().write(&element));
        return object;
    }
    static Result<void> read(boost::json::value const& json, JsonPath const& path, std::map<std::string, T>& into)
    {
        auto const* object = json.if_object();
        if (!object) return error_at(path, "expected an object");
        into.clear();
        for (auto const& member : *object) {
            std::string_view const key(member.key().data(), member.key().size());
            auto const read = json_type<T>().read(member.value(), path / key, &into[std::string(key)]);
            if (!read) return read;
        }
        return {};
    }
    static boost::json::object schema(SchemaCollector& collector)
    {
        return {{"type", "object"}, {"additionalProperties", json_type<T>().schema(collector)}};
    }
};

template <class T>
boost::json::value write_as(void const* value)
{
    auto const& typed = *static_cast<T const*>(value);
    if constexpr (requires { JsonForm<T>::to_json(typed); }) return JsonForm<T>::to_json(typed);
    else return Kind<T>::write(typed);
}

template <class T>
Result<void> read_as(boost::json::value const& json, JsonPath const& path, void* into)
{
    auto& typed = *static_cast<T*>(into);
    if constexpr (requires { JsonForm<T>::from_json(json, path); }) {
        auto read = JsonForm<T>::from_json(json, path);
        if (!read) return read.error();
        typed = std::move(*read);
        return {};
    } else {
        return Kind<T>::read(json, path, typed);
    }
}

template <class T>
boost::json::object schema_as([[maybe_unused]] SchemaCollector& collector)
{
    if constexpr (requires { JsonForm<T>::schema(); }) return JsonForm<T>::schema();
    else if constexpr (requires { Kind<T>::schema(collector); }) return Kind<T>::schema(collector);
    else return {};
}

template <class T>
void clear_as(void* value)
{
    *static_cast<T*>(value) = T{};
}

template <class T>
constexpr auto clear_of()
{
    if constexpr (is_optional<T> || is_list<T> || is_map<T>) return &clear_as<T>;
    else return nullptr;
}

} // namespace reflect_detail

/// Whether values of the type can be read from JSON and written to it.
template <class T>
concept HasJson = std::same_as<T, std::string> || std::same_as<T, bool> || std::same_as<T, double> ||
                  std::same_as<T, boost::json::value> || requires { sizeof(reflect_detail::Kind<T>); } ||
                  requires(T const& value) { JsonForm<T>::to_json(value); };

template <class T>
JsonType const& json_type()
{
    using namespace reflect_detail;
    static constexpr JsonType type{&write_as<T>, &read_as<T>, &schema_as<T>, clear_of<T>()};
    return type;
}

// Compiled once, in reflect.cpp: what most structs are made of.

template <>
JsonType const& json_type<std::string>();
template <>
JsonType const& json_type<bool>();
template <>
JsonType const& json_type<double>();
template <>
JsonType const& json_type<boost::json::value>();

extern template JsonType const& json_type<int>();
extern template JsonType const& json_type<std::int64_t>();
extern template JsonType const& json_type<std::uint64_t>();
extern template JsonType const& json_type<std::optional<std::string>>();
extern template JsonType const& json_type<std::optional<bool>>();
extern template JsonType const& json_type<std::optional<int>>();
extern template JsonType const& json_type<std::optional<std::int64_t>>();
extern template JsonType const& json_type<std::optional<double>>();
extern template JsonType const& json_type<std::vector<std::string>>();
extern template JsonType const& json_type<std::map<std::string, std::string>>();
extern template JsonType const& json_type<std::map<std::string, boost::json::value>>();

} // namespace learning_loop
