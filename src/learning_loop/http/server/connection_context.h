#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/body_reader.h"
#include "learning_loop/http/server/request_load.h"
#include "learning_loop/http/server/request_metrics.h"
#include "learning_loop/http/server/server_options.h"

#include <cstdint>
#include <list>
#include <string>
#include <string_view>

namespace learning_loop::http {

class Connection;

/// What the connections of a server share.
struct ConnectionContext {
    ConnectionContext(Router const& router_, ServerOptions const& options_, RequestMetrics& metrics_,
                      std::string id_prefix_);

    /// Finds out who asks, and whether there is room for what they ask. The request must have everything but its body.
    Result<RequestLoad::Ticket> let_in(HeadParser const& head, Route const& route, Request& request,
                                       Connection& connection);

    /// The path without the public URL's prefix, with which a proxy may ask.
    std::string_view path_in(std::string_view target) const;

    Router const& router;
    ServerOptions const& options;
    RequestMetrics& metrics;
    BodyBudget budget;
    RequestLoad load;
    std::string path_prefix; ///< Of the public URL; a proxy may leave it on or take it off.
    Pool files{"reading and writing files", 2, 10'000};
    std::list<Connection*> connections; ///< In the order they came.
    std::string id_prefix;              ///< Of request ids: another one in each run of the program.
    std::uint64_t next_connection = 1;
    bool is_finishing = false; ///< No more requests are taken.

private:
    Result<void> check_room(HeadParser const& head, Route const& route) const;
    bool end_slowest_of(Crowd crowd);
};

} // namespace learning_loop::http
