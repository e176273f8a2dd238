#pragma once

#include "learning_loop/base/error.h"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// JSON in and out for plain structs, from their BOOST_DESCRIBE_STRUCT: the C++ name of a field is its name on the wire.
// Boost.JSON's own conversion of described classes refuses every missing optional and every key it does not know, and
// names no path; a peer one version ahead of us would break it.

namespace learning_loop {

/// Where in a document we are, as `box_detections[3].width`. Built on the stack while reading, spelled out only for an
/// error.
class JsonPath {
public:
    JsonPath() = default;
    explicit JsonPath(std::string_view root) : key_(root) {}

    JsonPath operator/(std::string_view key) const { return {this, key, -1}; }
    JsonPath operator/(std::size_t index) const { return {this, {}, static_cast<std::ptrdiff_t>(index)}; }
    std::string text() const;

private:
    JsonPath(JsonPath const* parent, std::string_view key, std::ptrdiff_t index)
        : parent_(parent), key_(key), index_(index)
    {}

    JsonPath const* parent_ = nullptr;
    std::string_view key_;
    std::ptrdiff_t index_ = -1;
};

/// invalid_argument: `<path>: <what is wrong>`.
Error error_at(JsonPath const& path, std::string_view what);

/// Specialise it for a type that is not written as its description says, with any of `to_json(T const&)`,
/// `from_json(value, path)` and `schema()` (base/schema.h).
template <class T>
struct JsonForm {};

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool>;

namespace reflect_detail {
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// The names of a struct's members or an enum's words.
template <template <class...> class List, class... Descriptor>
constexpr std::array<char const*, sizeof...(Descriptor)> names_in(List<Descriptor...>)
{
    return {Descriptor::name...};
}
} // namespace reflect_detail

template <class T>
boost::json::value to_json(T const& value);

/// The fields of a struct as its description says, in that order, whatever its JsonForm; absent ones are null.
template <DescribedStruct T>
boost::json::object object_of(T const& value)
{
    boost::json::object object;
    object.reserve(boost::mp11::mp_size<reflect_detail::Members<T>>::value);
    boost::mp11::mp_for_each<reflect_detail::Members<T>>(
        [&](auto member) { object.emplace(member.name, to_json(value.*member.pointer)); });
    return object;
}

template <class T>
boost::json::value to_json(T const& value)
{
    using namespace reflect_detail;
    if constexpr (requires { JsonForm<T>::to_json(value); }) {
        return JsonForm<T>::to_json(value);
    } else if constexpr (std::same_as<T, boost::json::value> || std::same_as<T, bool> || std::floating_point<T>) {
        return value;
    } else if constexpr (JsonInteger<T>) {
        if (!std::in_range<std::int64_t>(value)) return static_cast<std::uint64_t>(value);
        return static_cast<std::int64_t>(value);
    } else if constexpr (DescribedEnum<T>) {
        return boost::json::string(boost::describe::enum_to_string(value, "?"));
    } else if constexpr (is_optional<T>) {
        return value ? to_json(*value) : boost::json::value(nullptr);
    } else if constexpr (is_list<T>) {
        boost::json::array array;
        array.reserve(value.size());
        for (auto const& element : value) array.push_back(to_json(element));
        return array;
    } else if constexpr (is_map<T>) {
        boost::json::object object;
        for (auto const& [key, element] : value) object.emplace(key, to_json(element));
        return object;
    } else if constexpr (DescribedStruct<T>) {
        return object_of(value);
    } else {
        static_assert(std::constructible_from<std::string, T>, "this type has no description");
        return boost::json::string(std::string(value));
    }
}

/// Who wrote the text.
enum class Reading {
    from_peer, ///< Unknown keys are ignored; all must be there but optionals, lists and maps.
    from_file  ///< Unknown keys are errors; what is missing keeps its default.
};

/// Reads a `T`. Optionals, lists and maps may be null; a whole number may stand for a float, and a float without
/// fraction for a whole number. invalid_argument names the path of what is wrong.
template <class T>
Result<T> from_json(boost::json::value const& value, JsonPath const& path = {}, Reading reading = Reading::from_peer);

/// Reads the fields of a struct as its description says, whatever its JsonForm.
template <DescribedStruct T>
Result<T> read_fields(boost::json::value const& value, JsonPath const& path, Reading reading = Reading::from_peer);

namespace reflect_detail {

template <JsonInteger T>
Result<T> integer_from(boost::json::value const& value, JsonPath const& path)
{
    if (auto const* number = value.if_int64(); number && std::in_range<T>(*number)) return static_cast<T>(*number);
    if (auto const* number = value.if_uint64(); number && std::in_range<T>(*number)) return static_cast<T>(*number);
    if (auto const* number = value.if_double(); number && std::trunc(*number) == *number &&
                                                *number >= static_cast<double>(std::numeric_limits<T>::min()) &&
                                                *number < std::ldexp(1.0, std::numeric_limits<T>::digits)) {
        return static_cast<T>(*number);
    }
    return error_at(path, value.is_number() ? "expected a whole number within range" : "expected a whole number");
}

Error unknown_word(boost::json::value const& value, std::span<char const* const> known, JsonPath const& path);

/// Fits only names that stand in the description.
Result<void> check_keys(boost::json::object const& object, std::span<char const* const> known, JsonPath const& path);

template <class T>
Result<T> list_from(boost::json::value const& value, JsonPath const& path, Reading reading)
{
    auto const* array = value.if_array();
    if (!array) return error_at(path, "expected a list");
    T list;
    list.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
        auto element = from_json<typename T::value_type>((*array)[i], path / i, reading);
        if (!element) return element.error();
        list.push_back(std::move(*element));
    }
    return list;
}

template <class T>
Result<T> map_from(boost::json::value const& value, JsonPath const& path, Reading reading)
{
    auto const* object = value.if_object();
    if (!object) return error_at(path, "expected an object");
    T map;
    for (auto const& member : *object) {
        std::string_view const key(member.key().data(), member.key().size());
        auto element = from_json<typename T::mapped_type>(member.value(), path / key, reading);
        if (!element) return element.error();
        map.emplace(key, std::move(*element));
    }
    return map;
}

/// An absent or null field: fine for what may be empty, an error for everything else.
template <class T>
Result<T> absent(JsonPath const& path)
{
    if constexpr (is_optional<T> || is_list<T> || is_map<T>) return T{};
    else return error_at(path, "is missing");
}

template <DescribedEnum T>
Result<T> enum_from(boost::json::value const& value, JsonPath const& path)
{
    T result{};
    auto const* text = value.if_string();
    bool const is_word = text && text->find('\0') == boost::json::string::npos;
    if (is_word && boost::describe::enum_from_string(text->c_str(), result)) return result;
    return unknown_word(value, names_in(boost::describe::describe_enumerators<T>{}), path);
}

} // namespace reflect_detail

template <DescribedStruct T>
Result<T> read_fields(boost::json::value const& value, JsonPath const& path, Reading reading)
{
    using namespace reflect_detail;
    auto const* object = value.if_object();
    if (!object) return error_at(path, "expected an object");
    if (reading == Reading::from_file) {
        if (auto known = check_keys(*object, names_in(Members<T>{}), path); !known) return known.error();
    }
    T result{};
    std::optional<Error> failure;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        if (failure) return;
        using Field = std::remove_cvref_t<decltype(result.*member.pointer)>;
        auto const* field = object->if_contains(member.name);
        if (!field && reading == Reading::from_file) return;
        auto const here = path / std::string_view(member.name);
        auto read = field && !field->is_null() ? from_json<Field>(*field, here, reading) : absent<Field>(here);
        if (read) result.*member.pointer = std::move(*read);
        else failure = read.error();
    });
    if (failure) return *failure;
    return result;
}

template <class T>
Result<T> from_json(boost::json::value const& value, JsonPath const& path, Reading reading)
{
    using namespace reflect_detail;
    if constexpr (requires { JsonForm<T>::from_json(value, path); }) {
        return JsonForm<T>::from_json(value, path);
    } else if constexpr (std::same_as<T, boost::json::value>) {
        return value;
    } else if constexpr (std::same_as<T, bool>) {
        if (auto const* truth = value.if_bool()) return *truth;
        return error_at(path, "expected true or false");
    } else if constexpr (JsonInteger<T>) {
        return integer_from<T>(value, path);
    } else if constexpr (std::floating_point<T>) {
        if (value.is_number()) return value.to_number<T>();
        return error_at(path, "expected a number");
    } else if constexpr (DescribedEnum<T>) {
        return enum_from<T>(value, path);
    } else if constexpr (is_optional<T>) {
        if (value.is_null()) return T{};
        auto inner = from_json<typename T::value_type>(value, path, reading);
        if (!inner) return inner.error();
        return T(std::move(*inner));
    } else if constexpr (is_list<T>) {
        return list_from<T>(value, path, reading);
    } else if constexpr (is_map<T>) {
        return map_from<T>(value, path, reading);
    } else if constexpr (DescribedStruct<T>) {
        return read_fields<T>(value, path, reading);
    } else {
        static_assert(std::same_as<T, std::string>, "this type has no description");
        if (auto const* text = value.if_string()) return std::string(text->data(), text->size());
        return error_at(path, "expected a text");
    }
}

} // namespace learning_loop
