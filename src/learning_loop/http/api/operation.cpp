#include "learning_loop/http/api/operation.h"

namespace learning_loop::http {
namespace json = boost::json;
namespace {

/// `{"application/json": {"schema": ...}}`
json::object content_of(std::string const& media_type, json::object schema)
{
    return {{media_type, json::object{{"schema", std::move(schema)}}}};
}

json::object schema_for(std::string const& media_type, JsonType const* type, SchemaCollector& collector)
{
    if (type) return type->schema(collector);
    if (media_type == "application/json") return {};
    if (media_type == "multipart/form-data") return {{"type", "object"}};
    return {{"type", "string"}};
}

} // namespace

Operation& Operation::parameter(std::string in, std::string name, std::string meaning)
{
    parameters_.push_back({std::move(in), std::move(name), std::move(meaning), false, &json_type<std::string>()});
    return *this;
}

void Operation::parameters(std::string_view in, std::span<TextField const> fields)
{
    for (auto const& field : fields)
        parameters_.push_back({std::string(in), field.name, "", !field.may_be_absent, &field.type()});
}

void Operation::takes_json(JsonType const& type)
{
    takes_ = "application/json";
    takes_type_ = &type;
}

void Operation::gives_json(JsonType const& type)
{
    gives_ = "application/json";
    gives_type_ = &type;
}

json::object Operation::document(SchemaCollector& collector) const
{
    json::object operation{{"summary", summary}};
    json::array parameters;
    for (auto const& parameter : parameters_) {
        json::object item{{"in", parameter.in},
                          {"name", parameter.name},
                          {"required", parameter.required},
                          {"schema", parameter.type->schema(collector)}};
        if (!parameter.meaning.empty()) item["description"] = parameter.meaning;
        parameters.push_back(std::move(item));
    }
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (!takes_.empty()) {
        operation["requestBody"] = {{"required", true},
                                    {"content", content_of(takes_, schema_for(takes_, takes_type_, collector))}};
    }
    json::object good{{"description", "It is done."},
                      {"content", content_of(gives_, schema_for(gives_, gives_type_, collector))}};
    json::object bad{{"description", "It was refused: `{\"detail\": why}`."}};
    operation["responses"] = {{"200", std::move(good)}, {"default", std::move(bad)}};
    return operation;
}

} // namespace learning_loop::http
