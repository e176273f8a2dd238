#include "learning_loop/http/message.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/cookies.h"

#include <algorithm>
#include <stdexcept>

namespace learning_loop::http {
namespace json = boost::json;
namespace {

/// An item of FastAPI's list.
json::object item_of(Fault const& fault, std::string const& message)
{
    json::array place{json::string(fault.where)};
    if (!fault.field.empty()) place.emplace_back(json::string(fault.field));
    json::object item{{"type", json::string(fault.type)}, {"loc", std::move(place)}};
    item["msg"] = fault.input ? json::string(message) : json::string("Field required");
    item["input"] = fault.input ? json::value(json::string(*fault.input)) : json::value(nullptr);
    return item;
}

json::value detail_of(Error const& error)
{
    bool const has_place = error.fault && !error.fault->where.empty();
    if (has_place) return json::array{item_of(*error.fault, error.message)};
    return json::string(error.message);
}

int status_of(Errc code)
{
    switch (code) {
    case Errc::invalid_argument: return 400;
    case Errc::unauthorized: return 401;
    case Errc::forbidden: return 403;
    case Errc::not_found: return 404;
    case Errc::conflict: return 409;
    case Errc::too_large: return 413;
    case Errc::unprocessable: return 422;
    case Errc::too_many: return 429;
    case Errc::unavailable: return 503;
    case Errc::out_of_space: return 507;
    }
    return 500;
}

Response page_response(std::string html, std::string policy)
{
    auto response = text_response(std::move(html));
    response.content_type = "text/html; charset=utf-8";
    response.headers = {{"Content-Security-Policy", std::move(policy)},
                        {"Referrer-Policy", "same-origin"},
                        {"Cache-Control", "no-store"}};
    return response;
}

} // namespace

std::optional<std::string_view> Headers::find(std::string_view name) const
{
    for (auto const& [key, value] : list_) {
        if (same_name(key, name)) return value;
    }
    return std::nullopt;
}

std::string const& Request::path_param(std::string_view name) const
{
    for (auto const& [key, value] : path_params) {
        if (key == name) return value;
    }
    throw std::logic_error("the route's pattern has no {" + std::string(name) + "}");
}

std::optional<std::string_view> Request::query_value(std::string_view name) const
{
    for (auto const& [key, value] : query) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::string_view Request::content_type() const
{
    return headers.find("Content-Type").value_or(std::string_view());
}

std::optional<std::string> Request::cookie(std::string_view name) const
{
    auto const header = headers.find("Cookie");
    if (!header) return std::nullopt;
    for (auto& [key, value] : cookies_of(*header)) {
        if (key == name) return std::move(value);
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::bearer_token() const
{
    constexpr std::string_view scheme = "Bearer ";
    auto const header = headers.find("Authorization");
    if (!header || header->size() < scheme.size() || !same_name(header->substr(0, scheme.size()), scheme))
        return std::nullopt;
    auto const blanks = header->find_first_not_of(' ', scheme.size());
    return header->substr(std::min(blanks, header->size()));
}

Response json_response(json::value const& value, int status)
{
    Response response;
    response.status = status;
    response.body = to_text(value);
    return response;
}

Response text_response(std::string text, int status)
{
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

Response redirect_response(std::string location)
{
    auto response = text_response("", 303);
    response.headers.add("Location", std::move(location));
    response.headers.add("Cache-Control", "no-store");
    return response;
}

Response html_response(std::string html)
{
    return page_response(std::move(html), "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; "
                                          "form-action 'self'; frame-ancestors 'none'");
}

Response scripted_html_response(std::string html)
{
    return page_response(std::move(html), "default-src 'none'; script-src 'self'; style-src 'self'; "
                                          "img-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
                                          "form-action 'none'; frame-ancestors 'none'");
}

Response error_response(int status, std::string_view message)
{
    return json_response({{"detail", json::string_view(message.data(), message.size())}}, status);
}

Response error_response(Error const& error)
{
    auto response = json_response({{"detail", detail_of(error)}}, status_of(error.code));
    if (error.code == Errc::unauthorized) response.headers.add("WWW-Authenticate", "Bearer");
    if (error.code == Errc::unavailable || error.code == Errc::too_many) response.headers.add("Retry-After", "1");
    if (error.code == Errc::out_of_space) response.headers.add("Retry-After", "30");
    return response;
}

} // namespace learning_loop::http
