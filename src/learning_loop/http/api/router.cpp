#include "learning_loop/http/api/router.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/http/url.h"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace learning_loop::http {
namespace {

bool is_param(std::string_view segment)
{
    return segment.starts_with('{');
}

bool fits(std::vector<std::string> const& pattern, std::vector<std::string> const& path)
{
    auto const same = [](std::string const& a, std::string const& b) { return is_param(a) || a == b; };
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(), same);
}

/// `.` and `..` are refused: they are used to get out of a folder.
bool may_be_segment(std::string const& segment)
{
    return segment != "." && segment != ".." && is_utf8(segment);
}

Response refused(std::string const& allowed, std::string_view method)
{
    if (allowed.empty()) return error_response(404, "Not Found");
    auto response = method == "OPTIONS" ? text_response("", 204) : error_response(405, "Method Not Allowed");
    response.headers.add("Allow", allowed);
    return response;
}

} // namespace

Route::Route(std::string method_, std::string_view pattern_, Handler handler_)
    : method(std::move(method_)),
      pattern(pattern_),
      segments(path_segments(pattern_).value()),
      handler(std::move(handler_))
{}

Route& Route::summary(std::string line)
{
    operation.summary = std::move(line);
    return *this;
}

Route& Route::body_limit(std::size_t max_bytes)
{
    max_body_bytes = max_bytes;
    return *this;
}

Route& Route::too_long_is(Errc code)
{
    too_long = code;
    return *this;
}

Route& Route::part_limit(std::size_t max_bytes)
{
    max_part_bytes = max_bytes;
    return *this;
}

Route& Route::on_body_bytes(std::function<void(Request const&, std::size_t)> told)
{
    told_of_bytes = std::move(told);
    return *this;
}

Route& Route::open_to(Access least)
{
    access = least;
    return *this;
}

Route& Route::takes_room()
{
    needs_room = true;
    return *this;
}

Route& Router::add(std::string method, std::string_view pattern, Handler handler)
{
    return routes_.emplace_back(std::move(method), pattern, std::move(handler));
}

void Router::guard(Doorkeeper& doorkeeper)
{
    if (doorkeeper_) throw std::logic_error("the router has a doorkeeper already");
    doorkeeper_ = &doorkeeper;
}

void Router::require_access() const
{
    if (!doorkeeper_) return;
    for (auto const& route : routes_) {
        if (!route.access)
            throw std::logic_error(route.method + " " + route.pattern +
                                   " does not tell who may call it: add open_to()");
    }
}

Result<void> Router::admit(Route const& route, Request& request) const
{
    if (doorkeeper_) return doorkeeper_->admit(route, request);
    if (route.access != Access::operators) return {};
    return Error{Errc::forbidden, "this is for operators, whom this program does not know: it has no doorkeeper"};
}

Admitted<Router::Match> Router::match(std::string_view method, std::string_view path) const
{
    auto segments = path_segments(path);
    if (!segments || !std::all_of(segments->begin(), segments->end(), may_be_segment))
        return error_response(400, "the path has a broken %-escape, a segment of dots or is not UTF-8");
    std::string allowed;
    auto const wanted = method == "HEAD" ? std::string_view("GET") : method;
    for (auto const& route : routes_) {
        if (!fits(route.segments, *segments)) continue;
        if (route.method != wanted) {
            allowed += (allowed.empty() ? "" : ", ") + route.method;
            continue;
        }
        Match match{&route, {}};
        for (std::size_t i = 0; i < segments->size(); ++i) {
            auto const& name = route.segments[i];
            if (!is_param(name)) continue;
            match.path_params.emplace_back(name.substr(1, name.size() - 2), std::move((*segments)[i]));
        }
        return match;
    }
    return refused(allowed, method);
}

Task<Response> Router::answer_to(Route const& route, Request request)
{
    auto const what = route.method + " " + route.pattern;
    auto const id = request.id;
    try {
        auto answer = co_await route.handler(std::move(request));
        if (answer) co_return std::move(*answer);
        co_return error_response(answer.error());
    } catch (boost::system::system_error const& failure) {
        if (failure.code() == boost::asio::error::operation_aborted)
            throw; // the server shuts down: nobody waits for an answer
        log::error("{}: {}", what, failure.what());
    } catch (std::exception const& failure) {
        log::error("{}: {}", what, failure.what());
    }
    co_return internal_error(id);
}

Response Router::internal_error(std::string const& request_id)
{
    return error_response(500, "Internal Server Error: the program's log tells what happened, under the request " +
                                   request_id);
}

} // namespace learning_loop::http
