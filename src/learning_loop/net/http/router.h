#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/net/http/message.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

using Handler = std::function<Task<Result<Response>>(Request)>;

struct RouteLimits {
    std::size_t body_bytes =
        1024 * 1024; ///< A longer body is refused with 413, before it is read where its length is told.
};

/// Which handler answers which method and path. Filled before the server starts, then only read.
class Router {
public:
    Router() = default;
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    /// `pattern` is a path as `/api/{organization}/projects`; `{name}` stands for one segment.
    void add(std::string method, std::string_view pattern, RouteLimits limits, Handler handler);

    template <class Api>
    void get(std::string_view pattern, Api& api, Task<Result<Response>> (Api::*handler)(Request))
    {
        add("GET", pattern, {}, bound(api, handler));
    }
    template <class Api>
    void put(std::string_view pattern, Api& api, Task<Result<Response>> (Api::*handler)(Request),
             RouteLimits limits = {})
    {
        add("PUT", pattern, limits, bound(api, handler));
    }
    template <class Api>
    void post(std::string_view pattern, Api& api, Task<Result<Response>> (Api::*handler)(Request),
              RouteLimits limits = {})
    {
        add("POST", pattern, limits, bound(api, handler));
    }

    /// Builds an API object that lives as long as the router and lets it add its routes.
    template <class Api, class... Parts>
    void keep(Parts&&... parts)
    {
        auto api = std::make_shared<Api>(std::forward<Parts>(parts)...);
        kept_.push_back(api);
        api->add_to(*this);
    }

    /// A route, or the answer why there is none: 400, 404, 405.
    struct Match {
        Handler const* handler = nullptr;
        RouteLimits limits;
        std::vector<std::pair<std::string, std::string>> places;
        Response refusal;
    };
    Match match(std::string_view method, std::string_view path) const;

    /// Runs the handler; what it throws becomes a 500 that tells the client nothing and the log everything.
    static Task<Response> answer_to(Handler const& handler, Request request);

private:
    struct Route {
        std::string method;
        std::vector<std::string> segments;
        RouteLimits limits;
        Handler handler;
    };

    template <class Api>
    static Handler bound(Api& api, Task<Result<Response>> (Api::*handler)(Request))
    {
        return [&api, handler](Request request) { return (api.*handler)(std::move(request)); };
    }

    std::vector<Route> routes_;
    std::vector<std::shared_ptr<void>> kept_; // type-erased owners: nobody shares them
};

} // namespace learning_loop::http
