#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <typeindex>
#include <utility>

// The JSON Schema (2020-12, as OpenAPI 3.1 has it) of described types: what `from_json` reads as a peer's and what
// `to_json` writes, so it cannot be out of date.

namespace learning_loop {

/// The structs that were met while types were described, each once, under its C++ name without namespaces. Where a
/// struct is used stands `{"$ref": "<prefix><name>"}`.
class SchemaCollector {
public:
    explicit SchemaCollector(std::string prefix = "#/components/schemas/") : prefix_(std::move(prefix)) {}

    /// Ready for `components: {schemas: ...}`; sorted by name.
    boost::json::object schemas() const;

    /// Whether the struct is new: then the caller must describe it with `add`. Throws std::logic_error if another
    /// struct has the same name.
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
boost::json::object schema_of(SchemaCollector& collector)
{
    return json_type<T>().schema(collector);
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
