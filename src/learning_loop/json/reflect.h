#pragma once

#include "learning_loop/json/kinds.h"

#include <concepts>
#include <string>
#include <string_view>

// JSON in and out for plain structs, from their BOOST_DESCRIBE_STRUCT: the C++ name of a field is its name on the wire.
// Boost.JSON's own conversion of described classes refuses every missing optional and every key it does not know, and
// names no path; a peer one version ahead of us would break it.
//
// Most of the work is done by code that does not know the types (reflect.cpp, schema.cpp): it goes through a table of
// the struct's fields. What is compiled for each type is short: see kinds.h.

namespace learning_loop {

template <class T>
boost::json::value to_json(T const& value)
{
    if constexpr (std::convertible_to<T const&, std::string_view> && !std::same_as<T, std::string>) {
        std::string_view const text = value;
        return boost::json::string(text.data(), text.size());
    } else {
        return json_type<T>().write(&value);
    }
}

/// Reads a `T`. Keys of objects that `T` does not know are ignored; all fields must be there but optionals, lists and
/// maps, which may also be null. A whole number may stand for a float, and a float without fraction for a whole number.
/// Errors: invalid_argument if it does not fit the type; the message begins with the path of what is wrong.
template <class T>
Result<T> from_json(boost::json::value const& value, JsonPath const& path = {})
{
    T result{};
    if (auto const read = json_type<T>().read(value, path, &result); !read) return read.error();
    return result;
}

/// The fields of a struct as its description says, in that order, whatever its JsonForm; absent ones are null.
template <DescribedStruct T>
boost::json::object object_of(T const& value)
{
    return reflect_detail::write_struct(&value, reflect_detail::fields_of<T>());
}

/// Reads the fields of a struct as its description says, whatever its JsonForm. Errors as `from_json`.
template <DescribedStruct T>
Result<T> read_fields(boost::json::value const& value, JsonPath const& path)
{
    T result{};
    auto const read = reflect_detail::read_struct(value, path, &result, reflect_detail::fields_of<T>());
    if (!read) return read.error();
    return result;
}

} // namespace learning_loop
