#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/server/answer_writer.h"
#include "learning_loop/http/server/body_reader.h"
#include "learning_loop/http/server/request_metrics.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/server_options.h"
#include "learning_loop/http/server/wire.h"

#include <list>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop::http {

class Connection;

/// What the connections of a server share.
struct ConnectionContext {
    ConnectionContext(Router const& router_, ServerOptions const& options_, RequestMetrics& metrics_,
                      std::string id_prefix_)
        : router(router_),
          options(options_),
          metrics(metrics_),
          budget(options_.max_body_bytes_in_memory),
          id_prefix(std::move(id_prefix_))
    {}

    Router const& router;
    ServerOptions const& options;
    RequestMetrics& metrics;
    BodyBudget budget;
    Pool files{"reading and writing files", 2, 10'000};
    std::list<Connection*> connections; ///< In the order they came.
    std::string id_prefix;              ///< Of this run of the program: its request ids are no other run's.
    std::uint64_t next_connection = 1;
    bool finishing = false;
};

/// One client: reads a request, has it answered, and so on until either side has enough.
class Connection {
public:
    Connection(ConnectionContext& context, Stream stream);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    /// Owns the connection while it runs.
    static Task<> run(std::unique_ptr<Connection> connection);

    Wire& wire() { return wire_; }

private:
    enum class After { next_request, close };

    Task<After> serve_one();
    Task<std::optional<Response>> read_head(HeadParser& head);
    Task<std::optional<Response>> read_body(BodyReader& body, HeadParser& head, Route const& route, Request& request);
    std::optional<Response> refusal(HeadParser const& head) const;
    bool is_allowed_origin(std::string_view origin) const;
    std::optional<Response> take_head(HeadParser const& head, Request& request, Router::Match& match);
    std::optional<Response> refusal_of_operator(Route const& route, Request const& request) const;
    std::string request_id(HeadParser const& head);
    Task<> run_websocket(HeadParser const& head, WebSocketBody body);
    void account(Route const* route, Request const& request, int status, std::uint64_t body_bytes,
                 Wire::Clock::time_point begin);

    ConnectionContext& context_;
    std::list<Connection*>::iterator place_;
    Wire wire_;
    std::string peer_;
    std::string id_prefix_;
    std::uint64_t requests_ = 0;
};

} // namespace learning_loop::http
