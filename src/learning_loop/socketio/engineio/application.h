#pragma once

#include "learning_loop/http/message.h"
#include "learning_loop/socketio/engineio/packet.h"

#include <functional>
#include <string>

namespace learning_loop::engineio {

/// The request that opened a session.
struct Handshake {
    http::Headers headers;
    http::Caller caller; ///< Who sent it, as the router's doorkeeper found out.
};

/// What a server calls for its sessions on the io thread. Each function may call back into the server.
struct Application {
    std::function<void(std::string const& sid, Handshake const& handshake)> opened;
    std::function<void(std::string const& sid, Message message)> received;
    std::function<void(std::string const& sid, std::string const& why)> closed;

    /// Bytes of a message that may not be complete yet. May be empty.
    std::function<void(std::string const& sid, std::size_t bytes)> receiving;
};

} // namespace learning_loop::engineio
