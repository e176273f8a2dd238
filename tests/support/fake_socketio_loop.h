#pragma once

#include "learning_loop/http/server/parts.h"
#include "learning_loop/socketio/server.h"
#include "support/running_server.h"

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::test {

/// What a FakeSocketIoLoop is to do, and what it saw.
struct FakeSocketIoLoopState {
    int status = 200;       ///< Of `GET /api/status`.
    int login_status = 200; ///< Of `POST /api/login`.
    int logins = 0;
    bool admits = true;
    std::vector<http::Headers> handshakes;
    std::vector<boost::json::array> reports; ///< Arguments of the event `report`.

    /// Makes the ack of the event `report`; nullopt: none comes.
    std::function<std::optional<socketio::Arguments>()> ack = [] {
        return socketio::Arguments::of(boost::json::value{{"success", true}});
    };
};

/// The part of a Loop that nodes talk Socket.IO to, on a real port.
class FakeSocketIoLoop {
public:
    FakeSocketIoLoop();

    std::string url() const { return server_->url(); }

    /// Calls `use` with the state, while no request changes it.
    template <class Use>
    auto with(Use use)
    {
        std::lock_guard const lock(guard_);
        return use(state_);
    }

    bool has_a_node();                                                ///< A node is connected.
    void disconnect();                                                ///< All nodes.
    void emit(std::string event, socketio::Arguments arguments = {}); ///< To the node that connected last.

    /// The ack of the node that connected last.
    Result<socketio::Arguments> call(std::string event, socketio::Arguments arguments,
                                     std::chrono::milliseconds timeout = std::chrono::seconds(20));

private:
    struct LoopParts;

    std::mutex guard_;
    FakeSocketIoLoopState state_;
    LoopParts* parts_ = nullptr;            ///< Of the server, for its io thread.
    std::unique_ptr<RunningServer> server_; // last: it uses the others
};

} // namespace learning_loop::test
