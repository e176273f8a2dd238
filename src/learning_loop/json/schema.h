#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>
#include <typeindex>

// The JSON Schema (2020-12, as OpenAPI 3.1 has it) of described types: what `from_json` reads as a peer's and what
// `to_json` writes, so it cannot be out of date.

namespace learning_loop {

/// The structs that were met while types were described, each once, under its C++ name without namespaces. What names
/// them refers to `<prefix><name>`.
class SchemaCollector {
public:
    explicit SchemaCollector(std::string prefix = "#/components/schemas/") : prefix_(std::move(prefix)) {}

    /// Ready for `components: {schemas: ...}`; sorted by name.
    boost::json::object schemas() const;

    /// Whether the struct is new, and is to be described with `add`. Two structs of one name throw std::logic_error.
    bool is_new(std::type_info const& type);
    void add(std::type_info const& type, boost::json::object schema);
    boost::json::object reference_to(std::type_info const& type) const;

private:
    std::string prefix_;
    std::map<std::string, boost::json::object> schemas_;
    std::map<std::string, std::type_index> types_;
};

/// Structs are referred to, and go into the collector; everything else is described in place.
template <class T>
boost::json::object schema_of(SchemaCollector& collector);

namespace reflect_detail {

boost::json::object integer_schema(int bits, bool is_signed);
boost::json::object enum_schema(std::span<char const* const> words);
boost::json::object nullable(boost::json::object schema);
boost::json::object object_schema(boost::json::object properties, boost::json::array required);

template <DescribedStruct T>
boost::json::object schema_of_fields(SchemaCollector& collector)
{
    boost::json::object properties;
    boost::json::array required;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        using Field = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
        properties[member.name] = schema_of<Field>(collector);
        if (!(is_optional<Field> || is_list<Field> || is_map<Field>)) required.push_back(member.name);
    });
    return object_schema(std::move(properties), std::move(required));
}

} // namespace reflect_detail

template <class T>
boost::json::object schema_of(SchemaCollector& collector)
{
    using namespace reflect_detail;
    if constexpr (requires { JsonForm<T>::schema(); }) {
        return JsonForm<T>::schema();
    } else if constexpr (std::same_as<T, boost::json::value>) {
        return {}; // anything
    } else if constexpr (std::same_as<T, bool>) {
        return {{"type", "boolean"}};
    } else if constexpr (std::floating_point<T>) {
        return {{"type", "number"}};
    } else if constexpr (JsonInteger<T>) {
        return integer_schema(8 * sizeof(T), std::is_signed_v<T>);
    } else if constexpr (DescribedEnum<T>) {
        return enum_schema(names_in(boost::describe::describe_enumerators<T>{}));
    } else if constexpr (is_optional<T>) {
        return nullable(schema_of<typename T::value_type>(collector));
    } else if constexpr (is_list<T>) {
        return {{"type", "array"}, {"items", schema_of<typename T::value_type>(collector)}};
    } else if constexpr (is_map<T>) {
        return {{"type", "object"}, {"additionalProperties", schema_of<typename T::mapped_type>(collector)}};
    } else if constexpr (DescribedStruct<T>) {
        if (collector.is_new(typeid(T))) collector.add(typeid(T), schema_of_fields<T>(collector));
        return collector.reference_to(typeid(T));
    } else {
        static_assert(std::same_as<T, std::string>, "this type has no description");
        return {{"type", "string"}};
    }
}

/// A document of its own: the structs that T names stand under `$defs`.
template <class T>
boost::json::object schema_of()
{
    SchemaCollector collector("#/$defs/");
    auto schema = schema_of<T>(collector);
    if (auto named = collector.schemas(); !named.empty()) schema["$defs"] = std::move(named);
    return schema;
}

} // namespace learning_loop
