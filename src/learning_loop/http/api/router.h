#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/api/handler.h"
#include "learning_loop/http/message.h"
#include "learning_loop/http/api/operation.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// How a route takes the body of a request.
enum class BodyKind {
    memory, ///< Whole, as `Request::body`.
    upload  ///< Multipart, as `Request::upload`: long parts go to disk while they come in.
};

/// One method on one path, and what is known of it. Declared beside its handler, refined by the calls that follow:
/// `router.post("/detect", *this, &DetectApi::detect).summary("finds ...").body_limit(64 << 20);`
class Route {
public:
    Route(std::string method, std::string_view pattern, Handler handler);

    Route& summary(std::string summary);             ///< One line for the API document.
    Route& body_limit(std::size_t body_bytes); ///< A longer body is 413, before it is read where its length is told.
    Route&
    tells_of_bytes(std::function<void(Request const&, std::size_t)> told); ///< Of a body in memory, as they come.
    Route& for_operators(); ///< Beyond loopback it needs the server's token (ServerOptions).

    std::string method;
    std::string pattern;
    std::vector<std::string> segments; ///< Of the pattern; `{name}` stands for any one.
    Handler handler;
    Operation operation;
    BodyKind body_kind = BodyKind::memory;
    std::size_t max_body_bytes = 1024 * 1024;
    std::function<void(Request const&, std::size_t)> told_of_bytes; ///< Empty: nobody wants to know.
    bool operators_only = false;
};

/// Which handler answers which method and path. Filled before the server starts, then only read.
class Router {
public:
    Router() = default;
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    /// `pattern` is a path as `/api/{organization}/projects`; `{name}` stands for one segment.
    Route& add(std::string method, std::string_view pattern, Handler handler);

    /// Routes to a member function `Task<Result<Out>> handler(In...)`; handler.h tells what In and Out may be.
    template <class Api, class Out, class... In>
    Route& get(std::string_view pattern, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        return add_typed("GET", pattern, api, handler);
    }
    template <class Api, class Out, class... In>
    Route& put(std::string_view pattern, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        return add_typed("PUT", pattern, api, handler);
    }
    template <class Api, class Out, class... In>
    Route& post(std::string_view pattern, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        return add_typed("POST", pattern, api, handler);
    }

    /// Builds an API object that lives as long as the router and lets it add its routes.
    template <class Api, class... Parts>
    void keep(Parts&&... parts)
    {
        auto api = std::make_shared<Api>(std::forward<Parts>(parts)...);
        kept_.push_back(api);
        api->add_to(*this);
    }

    /// A route, or the answer why there is none: 400, 404, 405; 204 for OPTIONS.
    struct Match {
        Route const* route = nullptr;
        std::vector<std::pair<std::string, std::string>> path_params;
        Response refusal;
    };
    Match match(std::string_view method, std::string_view path) const;

    /// Runs the handler; what it throws becomes a 500 that tells the client nothing and the log everything.
    static Task<Response> answer_to(Route const& route, Request request);

    /// The 500 for what nobody could foresee: the log tells it under the request's id.
    static Response internal_error(std::string const& request_id);

    std::deque<Route> const& routes() const { return routes_; }

private:
    template <class Api, class Out, class... In>
    Route& add_typed(std::string method, std::string_view pattern, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        auto& route = add(std::move(method), pattern, handler_of(api, handler));
        describe_handler<Out, In...>(route.operation);
        if constexpr ((std::same_as<In, Upload> || ...)) route.body_kind = BodyKind::upload;
        return route;
    }

    std::deque<Route> routes_;                // references to its elements stay good
    std::vector<std::shared_ptr<void>> kept_; // type-erased owners: nobody shares them
};

} // namespace learning_loop::http
