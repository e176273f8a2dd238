#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/answer_writer.h"
#include "learning_loop/http/server/body_reader.h"
#include "learning_loop/http/server/connection_context.h"
#include "learning_loop/http/server/request_gate.h"
#include "learning_loop/http/server/server_options.h"
#include "learning_loop/http/server/wire.h"

#include <list>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop::http {

/// The connection of one client: reads a request, has it answered and reads the next one, until one side closes.
class Connection {
public:
    Connection(ConnectionContext& context, Stream stream);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    /// Serves the connection to its end, and owns it meanwhile.
    static Task<> run(std::unique_ptr<Connection> connection);

    Wire& wire() { return wire_; }

    std::optional<Crowd> crowd; ///< Of whoever sent the request that is open.

private:
    enum class After { next_request, close };

    /// What the answer has to heed.
    struct Client {
        bool wants_head_only = false;
        bool is_old_protocol = false; ///< HTTP/1.0
        bool stays = false;           ///< Wants to send another request.
        std::string origin;           ///< Of the page that asks; empty: none.
    };

    /// What is still needed of a request once its handler has it.
    struct Handled {
        Route const* route;     ///< nullptr: none was found.
        Request const& request; ///< Without its body.
        Wire::Clock::time_point begin;
        bool all_was_read; ///< Another request may follow.
    };

    static Client client_of(HeadParser const& head);
    Task<After> serve_one();
    Task<After> write_answer(Client const& client, Handled const& handled, Response answer);
    Task<Admitted<>> read_head(HeadParser& head);
    Task<Admitted<>> read_body(BodyReader& body, HeadParser& head, Route const& route, Request& request);
    Admitted<> take_head(HeadParser const& head, Request& request, Route const*& route);
    std::string request_id(HeadParser const& head);
    Task<> run_websocket(HeadParser const& head, WebSocketBody body);
    void account(Handled const& handled, int status, std::uint64_t body_bytes);

    ConnectionContext& context_;
    std::list<Connection*>::iterator place_;
    Wire wire_;
    RequestGate gate_;
    BodyBudget budget_; ///< Of the WebSocket that the connection has become.
    std::string id_prefix_;
    std::uint64_t requests_ = 0;
};

} // namespace learning_loop::http
