#include "learning_loop/net/http/router.h"

#include "learning_loop/base/log.h"
#include "learning_loop/net/http/url.h"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <optional>

namespace learning_loop::http {
namespace {

bool is_place(std::string_view segment)
{
    return segment.starts_with('{');
}

bool fits(std::vector<std::string> const& pattern, std::vector<std::string> const& path)
{
    auto const same = [](std::string const& a, std::string const& b) { return is_place(a) || a == b; };
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(), same);
}

} // namespace

void Router::add(std::string method, std::string_view pattern, RouteLimits limits, Handler handler)
{
    routes_.push_back({std::move(method), path_segments(pattern).value(), limits, std::move(handler)});
}

Router::Match Router::match(std::string_view method, std::string_view path) const
{
    Match match;
    auto const segments = path_segments(path);
    if (!segments) {
        match.refusal = error_response(400, "the path has a broken %-escape");
        return match;
    }
    std::string allowed;
    auto const wanted = method == "HEAD" ? std::string_view("GET") : method;
    for (auto const& route : routes_) {
        if (!fits(route.segments, *segments)) continue;
        if (route.method != wanted) {
            allowed += (allowed.empty() ? "" : ", ") + route.method;
            continue;
        }
        match.handler = &route.handler;
        match.limits = route.limits;
        for (std::size_t i = 0; i < segments->size(); ++i) {
            auto const& name = route.segments[i];
            if (is_place(name)) match.places.emplace_back(name.substr(1, name.size() - 2), (*segments)[i]);
        }
        return match;
    }
    match.refusal = allowed.empty() ? error_response(404, "Not Found") : error_response(405, "Method Not Allowed");
    if (!allowed.empty()) match.refusal.headers.add("Allow", allowed);
    return match;
}

Task<Response> Router::answer_to(Handler const& handler, Request request)
{
    auto const what = request.method + " " + printable(request.path);
    try {
        auto answer = co_await handler(std::move(request));
        if (answer) co_return std::move(*answer);
        co_return error_response(answer.error());
    } catch (boost::system::system_error const& failure) {
        if (failure.code() == boost::asio::error::operation_aborted)
            throw; // we are shutting down: nobody waits for an answer
        log::error("{}: {}", what, failure.what());
    } catch (std::exception const& failure) {
        log::error("{}: {}", what, failure.what());
    }
    co_return error_response(500, "Internal Server Error: the program's log tells what happened");
}

} // namespace learning_loop::http
