#include "learning_loop/http/api/handler.h"

#include "learning_loop/json/json.h"

namespace learning_loop::http::handler_detail {
namespace {

/// The 422 for the JSON of a body. `message` begins with the path of what is wrong.
Response body_malformed(std::string_view message)
{
    auto const colon = message.find(": ");
    auto const path = message.substr(0, colon);
    bool const of_field = colon != std::string_view::npos && path.find(' ') == std::string_view::npos;
    bool const missing = message.ends_with(": is missing");
    return field_malformed("body", of_field ? path : "", missing ? "missing" : "value_error", "", message);
}

} // namespace

std::optional<std::string_view> text_in_path(Request const& request, std::string_view name)
{
    return request.path_param(name);
}

std::optional<std::string_view> text_in_query(Request const& request, std::string_view name)
{
    return request.query_value(name);
}

Refusal read_fields(Request const& request, std::string_view where, TextOf text_of, std::span<TextField const> fields,
                    void* object)
{
    for (auto const& field : fields) {
        auto const text = text_of(request, field.name);
        if (!text && field.may_be_absent) continue;
        if (!text) return field_required(where, field.name);
        if (auto const read = field.read(*text, object); !read)
            return field_malformed(where, field.name, field.fault, *text,
                                   std::string(field.name) + ": " + read.error().message);
    }
    return std::nullopt;
}

Refusal read_json_body(Request const& request, JsonType const& type, void* into)
{
    auto const json = parse_json(request.body, "the body");
    if (!json) return body_malformed(json.error().message);
    if (auto const read = type.read(*json, {}, into); !read) return body_malformed(read.error().message);
    return std::nullopt;
}

Refusal Argument<Request>::read(Request& request, Request& into)
{
    into = std::move(request);
    return std::nullopt;
}

Refusal Argument<TextBody>::read(Request& request, TextBody& into)
{
    into.text = std::move(request.body);
    return std::nullopt;
}

Refusal Argument<Upload>::read(Request& request, Upload& into)
{
    into = std::move(request.upload);
    return std::nullopt;
}

Response response_of(Response response)
{
    return response;
}

Response response_of(TextBody body)
{
    return text_response(std::move(body.text));
}

template Task<Result<Response>> respond(Task<Result<TextBody>>);
template Task<Result<Response>> respond(Task<Result<std::string>>);
template Task<Result<Response>> respond(Task<Result<boost::json::value>>);

Task<Result<Response>> respond(Task<Result<Response>> handling)
{
    return handling;
}

Task<Result<Response>> refuse(Response refusal)
{
    co_return refusal;
}

} // namespace learning_loop::http::handler_detail
