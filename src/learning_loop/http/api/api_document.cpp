#include "learning_loop/http/api/api_document.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

namespace learning_loop::http {
namespace json = boost::json;
namespace {

std::string text_of(json::value const& value)
{
    return value.is_string() ? std::string(value.as_string().c_str()) : to_text(value);
}

/// A schema in a few words, as `list of BoxDetection` or `text or null`.
std::string words_for(json::object const& schema)
{
    if (auto const* reference = schema.if_contains("$ref")) {
        auto const path = text_of(*reference);
        auto const name = path.substr(path.rfind('/') + 1);
        return "<a href=\"#" + escape_html(name) + "\">" + escape_html(name) + "</a>";
    }
    for (auto const* choice : {"anyOf", "oneOf"}) {
        if (!schema.contains(choice)) continue;
        std::string words;
        for (auto const& each : schema.at(choice).as_array())
            words += (words.empty() ? "" : " or ") + words_for(each.as_object());
        return words;
    }
    if (auto const* items = schema.if_contains("items")) return "list of " + words_for(items->as_object());
    if (auto const* words = schema.if_contains("enum")) return escape_html(to_text(*words));
    auto const* type = schema.if_contains("type");
    return type ? escape_html(text_of(*type)) : "any JSON";
}

std::string row(std::string const& name, std::string const& kind, std::string const& meaning)
{
    return "<tr><td><code>" + escape_html(name) + "</code></td><td>" + kind + "</td><td>" + escape_html(meaning) +
           "</td></tr>\n";
}

void add_content(std::string& html, std::string_view what, json::object const& content)
{
    for (auto const& [media_type, body] : content) {
        auto const& schema = body.at("schema").as_object();
        html.append("<p>").append(what).append(" <code>").append(
            escape_html(std::string_view(media_type.data(), media_type.size())));
        html.append("</code>: ")
            .append(schema.empty() ? "as docs/protocol.md tells" : words_for(schema))
            .append("</p>\n");
    }
}

void add_operation(std::string& html, std::string_view path, std::string_view method, json::object const& operation)
{
    auto name = std::string(method);
    for (auto& c : name) c = static_cast<char>(c - ('a' <= c && c <= 'z' ? 'a' - 'A' : 0));
    html.append("<section>\n<h2><b>")
        .append(name)
        .append("</b> <code>")
        .append(escape_html(path))
        .append("</code></h2>\n");
    html.append("<p>").append(escape_html(text_of(operation.at("summary")))).append("</p>\n");
    if (auto const* parameters = operation.if_contains("parameters")) {
        html += "<table>\n";
        for (auto const& each : parameters->as_array()) {
            auto const& parameter = each.as_object();
            auto const* meaning = parameter.if_contains("description");
            auto const& schema = parameter.at("schema").as_object();
            auto kind = text_of(parameter.at("in")) + ", " + words_for(schema);
            auto const* initial = schema.if_contains("default");
            if (initial && !text_of(*initial).empty()) kind += ", else " + escape_html(text_of(*initial));
            else if (!parameter.at("required").as_bool()) kind += ", optional";
            html += row(text_of(parameter.at("name")), kind, meaning ? text_of(*meaning) : "");
        }
        html += "</table>\n";
    }
    if (auto const* body = operation.if_contains("requestBody"))
        add_content(html, "Takes", body->at("content").as_object());
    add_content(html, "Gives", operation.at("responses").at("200").at("content").as_object());
    html += "</section>\n";
}

void add_schema(std::string& html, std::string_view name, json::object const& schema)
{
    html.append("<section id=\"")
        .append(escape_html(name))
        .append("\">\n<h2><code>")
        .append(escape_html(name))
        .append("</code></h2>\n<table>\n");
    if (auto const* properties = schema.if_contains("properties")) {
        for (auto const& [field, of_field] : properties->as_object())
            html += row(std::string(field), words_for(of_field.as_object()), "");
    }
    html += "</table>\n</section>\n";
}

} // namespace

json::object api_document(Router const& router, std::string const& title, std::string const& version)
{
    SchemaCollector collector;
    json::object paths;
    for (auto const& route : router.routes()) {
        auto& path = paths[route.pattern];
        if (path.is_null()) path.emplace_object();
        auto operation = route.operation.document(collector);
        if (route.access.value_or(Access::everybody) != Access::everybody)
            operation["security"] = json::array{json::object{{"bearer", json::array()}}};
        path.as_object()[lower_case(route.method)] = std::move(operation);
    }
    json::object const bearer{{"type", "http"}, {"scheme", "bearer"}};
    return {{"openapi", "3.1.0"},
            {"info", {{"title", title}, {"version", version}}},
            {"paths", std::move(paths)},
            {"components", {{"schemas", collector.schemas()}, {"securitySchemes", {{"bearer", bearer}}}}}};
}

std::string api_page(json::object const& document, std::string const& up)
{
    auto const title = escape_html(text_of(document.at("info").at("title")));
    std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
                       title + "</title>\n<link rel=\"stylesheet\" href=\"" + up +
                       "docs.css\">\n</head>\n<body>\n<h1>" + title + "</h1>\n<p>Version " +
                       escape_html(text_of(document.at("info").at("version"))) + ". For programs: <a href=\"" + up +
                       "openapi.json\">/openapi.json</a>.</p>\n";
    for (auto const& [path, methods] : document.at("paths").as_object()) {
        for (auto const& [method, operation] : methods.as_object()) {
            add_operation(html, std::string_view(path.data(), path.size()),
                          std::string_view(method.data(), method.size()), operation.as_object());
        }
    }
    for (auto const& [name, schema] : document.at("components").at("schemas").as_object())
        add_schema(html, std::string_view(name.data(), name.size()), schema.as_object());
    return html + "</body>\n</html>\n";
}

} // namespace learning_loop::http
