#include "learning_loop/http/api/operation.h"

#include <algorithm>
#include <stdexcept>

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

/// Tells the other names, too: `... Also camera_id, mac.`
std::string meaning_of(TextField const& field, std::string const& name)
{
    std::string others = name == field.name ? "" : field.name;
    for (auto const other : field.note.other_names) {
        if (!other.empty()) others.append(others.empty() ? "" : ", ").append(other);
    }
    std::string const meaning(field.note.meaning);
    return others.empty() ? meaning : meaning + " Also " + others + ".";
}

} // namespace

void Operation::takes_path(std::span<TextField const> fields)
{
    for (auto const& field : fields)
        add({"path", field.name, std::string(field.note.meaning), true, field.type, nullptr});
}

void Operation::takes_query(std::span<TextField const> fields)
{
    for (auto const& field : fields)
        add({"query", field.name, std::string(field.note.meaning), field.is_required, field.type, field.initial()});
}

void Operation::takes_headers(std::span<TextField const> fields)
{
    for (auto const& field : fields) {
        auto const name = name_in_header(field);
        add({"header", name, meaning_of(field, name), field.is_required, field.type, field.initial()});
    }
}

void Operation::add(Parameter parameter)
{
    auto const is_same = [&](Parameter const& p) { return p.in == parameter.in && p.name == parameter.name; };
    if (std::ranges::none_of(parameters_, is_same)) parameters_.push_back(std::move(parameter));
}

void Operation::put_path_first(std::vector<std::string> const& segments)
{
    auto const place = [&](Parameter const& parameter) {
        bool const is_in_path = parameter.in == "path";
        return is_in_path ? std::ranges::find(segments, "{" + parameter.name + "}") : segments.end();
    };
    for (auto const& parameter : parameters_) {
        if (parameter.in == "path" && place(parameter) == segments.end())
            throw std::logic_error("a route's path has no {" + parameter.name + "}, which its handler reads");
    }
    std::ranges::stable_sort(parameters_, {}, place);
}

std::string name_in_header(TextField const& field)
{
    std::string name = field.name;
    std::ranges::replace(name, '_', '-');
    return name;
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
        auto schema = parameter.type().schema(collector);
        if (!parameter.initial.is_null()) schema["default"] = parameter.initial;
        json::object item{{"in", parameter.in},
                          {"name", parameter.name},
                          {"required", parameter.required},
                          {"schema", std::move(schema)}};
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
