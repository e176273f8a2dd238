#include "learning_loop/http/api/argument.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/http/url.h"
#include "learning_loop/json/json.h"

namespace learning_loop::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A text of a request, and where it stands.
struct FoundText {
    std::string text;
    std::string where; ///< `header` or `query`.
};

Result<void> read_field(TextField const& field, std::string_view where, std::string_view text, void* object)
{
    auto const read = field.read(text, object);
    if (read) return {};
    return wrong_value({std::string(where), field.name, std::string(field.fault), as_utf8(text)},
                       std::string(field.name) + ": " + read.error().message);
}

/// What stands there under that name and is not empty; the texts of a list are one.
std::vector<FoundText> texts_under(Request const& request, TextField const& field, std::string const& name,
                                   std::string const& where)
{
    std::vector<FoundText> found;
    auto const add = [&](std::string const& text) {
        if (text.empty()) return;
        auto shown = as_utf8(text); // it goes into JSON, which must be UTF-8
        if (field.is_list && !found.empty()) found.back().text.append(",").append(shown);
        else found.push_back({std::move(shown), where});
    };
    if (where == "header") {
        for (auto const& [key, text] : request.headers.all()) {
            if (same_name(key, name)) add(text);
        }
    } else {
        for (auto const& [key, text] : request.query) {
            if (key == name) add(text);
        }
    }
    return found;
}

std::string given_twice(std::string const& name, std::string_view first, std::string_view second)
{
    return name + ": is given twice, as '" + printable(first) + "' and '" + printable(second) + "': send one of them";
}

/// Its name in a header first: the one that is documented.
std::vector<std::string> names_of(TextField const& field)
{
    std::vector<std::string> names{name_in_header(field), field.name};
    for (auto const other : field.note.other_names) {
        if (!other.empty()) names.emplace_back(other);
    }
    return names;
}

/// Two values where one is wanted: in a query it is the value that is wrong, else the request.
Error differ(TextField const& field, FoundText const& first, FoundText const& second)
{
    bool const is_query = first.where == "query" && second.where == "query";
    auto text = given_twice(is_query ? field.name : name_in_header(field), first.text, second.text);
    if (!is_query) return {Errc::invalid_argument, std::move(text)};
    return wrong_value({"query", field.name, "value_error", printable(second.text)}, std::move(text));
}

Result<std::optional<FoundText>> find_text(Request const& request, TextField const& field)
{
    std::optional<FoundText> found;
    for (auto const& name : names_of(field)) {
        for (auto const* where : {"header", "query"}) {
            for (auto& other : texts_under(request, field, name, where)) {
                if (found && found->text != other.text) return differ(field, *found, other);
                if (!found) found = std::move(other);
            }
        }
    }
    return found;
}

/// All that stands under the field's name.
Result<std::optional<std::string>> value_in(Pairs const& pairs, std::string_view where, TextField const& field)
{
    std::optional<std::string> found;
    for (auto const& [key, value] : pairs) {
        if (key != field.name) continue;
        if (!found) found = value;
        else if (field.is_list) found->append(",").append(value);
        else if (*found != value && where == "body") // of a form: it may be a password
            return wrong_value({std::string(where), field.name, "value_error", ""},
                               std::string(field.name) + ": is given twice, with different values: send one of them");
        else if (*found != value)
            return wrong_value({std::string(where), field.name, "value_error", printable(value)},
                               given_twice(field.name, *found, value));
    }
    return found;
}

Result<void> read_pairs(Pairs const& pairs, std::string_view where, std::span<TextField const> fields, void* object)
{
    for (auto const& field : fields) {
        auto const value = value_in(pairs, where, field);
        if (!value) return value.error();
        auto const& text = *value;
        if (!text && field.is_required) return missing_value(where, field.name);
        if (!text) continue;
        if (auto const read = read_field(field, where, *text, object); !read) return read;
    }
    return {};
}

} // namespace

namespace argument_detail {

Result<void> read_path(Request const& request, std::span<TextField const> fields, void* object)
{
    for (auto const& field : fields) {
        auto const read = read_field(field, "path", request.path_param(field.name), object);
        if (!read) return read;
    }
    return {};
}

Result<void> read_query(Request const& request, std::span<TextField const> fields, void* object)
{
    return read_pairs(request.query, "query", fields, object);
}

Result<void> read_form(Request const& request, std::span<TextField const> fields, void* object)
{
    auto const pairs = decoded_pairs(request.body);
    if (!pairs) {
        return wrong_value({"body", "", "form_parsing", std::string()},
                           "the body is no form: a %-escape is broken, or it has more than 1000 values");
    }
    return read_pairs(*pairs, "body", fields, object);
}

Result<void> read_headers_or_query(Request const& request, std::span<TextField const> fields, void* object)
{
    for (auto const& field : fields) {
        auto const found = find_text(request, field);
        if (!found) return found.error();
        if (!*found && field.is_required) return missing_value("header", name_in_header(field));
        if (!*found) continue;
        auto const& [text, where] = **found;
        auto const read = field.read(text, object);
        if (read) continue;
        auto const name = name_in_header(field);
        auto const shown_name = where == "header" ? name : std::string(field.name);
        return wrong_value({where, shown_name, std::string(field.fault), printable(text)},
                           name + ": " + read.error().message);
    }
    return {};
}

Result<void> read_json_body(Request const& request, JsonType const& type, void* into)
{
    auto const json = parse_json(request.body, "the body");
    if (!json) return placed_in("body", json.error());
    auto const read = type.read(*json, {}, into);
    if (!read) return placed_in("body", read.error());
    return {};
}

} // namespace argument_detail

Result<void> Argument<Request>::read(Request& request, Request& into)
{
    into = std::move(request);
    return {};
}

Result<void> Argument<Caller>::read(Request& request, Caller& into)
{
    into = request.caller;
    return {};
}

Result<void> Argument<TextBody>::read(Request& request, TextBody& into)
{
    into.text = std::move(request.body);
    return {};
}

Result<void> Argument<Upload>::read(Request& request, Upload& into)
{
    into = std::move(request.upload);
    return {};
}

} // namespace learning_loop::http
