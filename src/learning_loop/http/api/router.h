#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/access.h"
#include "learning_loop/http/api/doorkeeper.h"
#include "learning_loop/http/api/handler.h"
#include "learning_loop/http/api/operation.h"
#include "learning_loop/http/message.h"
#include "learning_loop/http/refusal.h"

#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// How a route takes the body of a request.
enum class BodyKind {
    memory, ///< As `Request::body`.
    upload  ///< As `Request::upload`: a multipart body whose long parts go to disk while they come.
};

/// One method on one path. It is added beside its handler, and the calls that follow tell more about it:
/// `router.post("/detect", *this, &DetectApi::detect).summary("finds ...").body_limit(64 << 20);`
class Route {
public:
    Route(std::string method, std::string_view pattern, Handler handler);

    Route& summary(std::string line);         ///< One line for the API document.
    Route& body_limit(std::size_t max_bytes); ///< A longer body is answered 413, or as `too_long_is` says.
    Route& too_long_is(Errc code);            ///< Such as unprocessable for peers that send less only after a 422.

    /// Of the parts of an upload; a longer one is answered 422 that names it, while it is read.
    Route& part_limit(std::size_t max_bytes);

    Route& open_to(Access least); ///< Who may call it; these and all who may do more.
    Route& takes_room();          ///< It stores what may be large: 507 when the disk is almost full.

    /// `told` is called with their number whenever bytes of a body in memory have come.
    Route& on_body_bytes(std::function<void(Request const&, std::size_t)> told);

    std::string method;
    std::string pattern;
    std::vector<std::string> segments; ///< Of the pattern. `{name}` stands for any one.
    Handler handler;
    Operation operation;
    BodyKind body_kind = BodyKind::memory;
    std::size_t max_body_bytes = 1024 * 1024;
    std::size_t max_part_bytes = std::numeric_limits<std::size_t>::max();
    Errc too_long = Errc::too_large;
    std::function<void(Request const&, std::size_t)> told_of_bytes; ///< May be empty.
    std::optional<Access> access;                                   ///< Absent: nobody has told it.
    bool needs_room = false;
};

/// Finds the handler for a method and a path. Routes must be added before a server uses it.
class Router {
public:
    Router() = default;
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    /// `pattern` is a path such as `/api/{organization}/projects`, where `{name}` stands for any one segment.
    Route& add(std::string method, std::string_view pattern, Handler handler);

    /// Adds a route of any method to such a member function.
    template <class Api, class Out, class... In>
    Route& add(std::string method, std::string_view pattern, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        return add_typed(std::move(method), pattern, api, handler);
    }

    /// Add a route to a member function `Task<Result<Out>> handler(In...)`; see handler.h for what In and Out may be.
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

    /// Lets handlers take a T: it is found by a member function `Task<Result<T>> find(In...)` of an object that
    /// outlives the router, and that takes arguments as a handler does. To be called before their routes are added.
    template <class Api, class T, class... In>
    void look_up(Api& api, Task<Result<T>> (Api::*find)(In...))
    {
        RequestLookup lookup;
        lookup.find = find_by<Request, Argument>(lookups_, api, find);
        lookup.describe = [this](Operation& operation) { (describe_argument<In>(operation, lookups_), ...); };
        lookups_.add(typeid(T), std::move(lookup));
    }

    /// Makes an API object that lives as long as the router, and lets it add its routes.
    template <class Api, class... Parts>
    void keep(Parts&&... parts)
    {
        auto api = std::make_shared<Api>(std::forward<Parts>(parts)...);
        kept_.push_back(api);
        api->add_to(*this);
    }

    /// From now on the doorkeeper decides who may call which route. It must outlive the requests. To be called once.
    void guard(Doorkeeper& doorkeeper);

    /// Throws std::logic_error if a doorkeeper guards a route whose access was not told. A server calls it before it
    /// serves.
    void require_access() const;

    /// Asks the doorkeeper and fills `request.caller`. Without one everybody may call all but what is for operators.
    /// Errors: see Doorkeeper.
    Result<void> admit(Route const& route, Request& request) const;

    struct Match {
        Route const* route = nullptr;
        std::vector<std::pair<std::string, std::string>> path_params;
    };
    /// Refuses a path without a route: 400, 404, 405, or 204 for OPTIONS.
    Admitted<Match> match(std::string_view method, std::string_view path) const;

    /// Runs the handler. If it throws, the answer is `internal_error`, and the log tells what was thrown.
    static Task<Response> answer_to(Route const& route, Request request);

    /// The 500 that refers to the log, and tells nothing else.
    static Response internal_error(std::string const& request_id);

    std::deque<Route> const& routes() const { return routes_; }

private:
    template <class Api, class Out, class... In>
    Route& add_typed(std::string method, std::string_view pattern, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        auto& route = add(std::move(method), pattern, handler_of(lookups_, api, handler));
        describe_handler<Out, In...>(route.operation, lookups_);
        route.operation.put_path_first(route.segments);
        if constexpr ((std::same_as<In, Upload> || ...)) route.body_kind = BodyKind::upload;
        return route;
    }

    RequestLookups lookups_;
    Doorkeeper* doorkeeper_ = nullptr;
    std::deque<Route> routes_;                // references to its elements stay valid
    std::vector<std::shared_ptr<void>> kept_; // shared: no other smart pointer owns objects of any type
};

} // namespace learning_loop::http
