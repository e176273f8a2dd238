#include "learning_loop/json/schema.h"

#include <boost/core/demangle.hpp>

#include <stdexcept>

namespace learning_loop {
namespace json = boost::json;
namespace {

/// Without what stands before the last `::`.
std::string short_name(std::type_info const& type)
{
    auto const name = boost::core::demangle(type.name());
    auto const space = name.rfind("::");
    return space == std::string::npos ? name : name.substr(space + 2);
}

} // namespace

json::object SchemaCollector::schemas() const
{
    json::object all;
    for (auto const& [name, schema] : schemas_) all[name] = schema;
    return all;
}

bool SchemaCollector::is_new(std::type_info const& type)
{
    auto const name = short_name(type);
    auto const [known, added] = types_.try_emplace(name, type);
    if (known->second != std::type_index(type)) {
        throw std::logic_error("two structs in one API document are called " + name + ": " +
                               boost::core::demangle(type.name()) + " and " +
                               boost::core::demangle(known->second.name()));
    }
    return added;
}

void SchemaCollector::add(std::type_info const& type, json::object schema)
{
    schemas_[short_name(type)] = std::move(schema);
}

json::object SchemaCollector::reference_to(std::type_info const& type) const
{
    return {{"$ref", prefix_ + short_name(type)}};
}

namespace reflect_detail {
namespace {

json::object schema_of_fields(std::span<Field const> fields, SchemaCollector& collector)
{
    json::object properties;
    json::array required;
    for (auto const& field : fields) {
        auto const& type = field.type();
        properties[field.name] = type.schema(collector);
        if (!type.clear) required.push_back(json::string(field.name));
    }
    json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

} // namespace

json::object struct_schema(std::type_info const& type, std::span<Field const> fields, SchemaCollector& collector)
{
    if (collector.is_new(type)) collector.add(type, schema_of_fields(fields, collector));
    return collector.reference_to(type);
}

json::object integer_schema(int bits, bool is_signed)
{
    json::object schema{{"type", "integer"}, {"format", bits > 32 ? "int64" : "int32"}};
    if (!is_signed) schema["minimum"] = 0;
    return schema;
}

json::object word_schema(std::span<Word const> words)
{
    json::array texts;
    for (auto const& word : words) texts.push_back(json::string(word.text));
    return {{"type", "string"}, {"enum", std::move(texts)}};
}

json::object nullable(json::object schema)
{
    auto* type = schema.if_contains("type");
    if (!type && schema.empty()) return schema; // anything may be null already
    if (!type) return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
    *type = {*type, "null"};
    if (auto* words = schema.if_contains("enum")) words->as_array().push_back(nullptr);
    return schema;
}

} // namespace reflect_detail
} // namespace learning_loop
