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

std::optional<FoundText> text_under(Request const& request, std::string const& name, std::string_view where)
{
    auto const text = where == "header" ? request.headers.find(name) : request.query_value(name);
    if (!text || text->empty()) return std::nullopt;
    return FoundText{as_utf8(*text), std::string(where)}; // it goes into JSON, which must be UTF-8
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

Result<std::optional<FoundText>> find_text(Request const& request, TextField const& field)
{
    std::optional<FoundText> found;
    for (auto const& name : names_of(field)) {
        for (auto const* where : {"header", "query"}) {
            auto other = text_under(request, name, where);
            if (!other) continue;
            if (found && found->text != other->text) {
                return Error{Errc::invalid_argument, name_in_header(field) + ": is given twice, as '" +
                                                         printable(found->text) + "' and '" + printable(other->text) +
                                                         "': send one of them"};
            }
            if (!found) found = std::move(other);
        }
    }
    return found;
}

std::optional<std::string_view> value_in(Pairs const& pairs, std::string_view name)
{
    for (auto const& [key, value] : pairs) {
        if (key == name) return value;
    }
    return std::nullopt;
}

Result<void> read_pairs(Pairs const& pairs, std::string_view where, std::span<TextField const> fields, void* object)
{
    for (auto const& field : fields) {
        auto const text = value_in(pairs, field.name);
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
