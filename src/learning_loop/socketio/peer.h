#pragma once

#include "learning_loop/http/message.h"

#include <boost/json/value.hpp>

#include <memory>
#include <string>

namespace learning_loop::socketio {

/// The other side of a connection to a namespace.
struct Peer {
    std::string id; ///< Of this connection to this namespace. Not a secret.
    std::string nsp = "/";
    http::Headers headers;   ///< Of the handshake. Empty for the server that a client talks to.
    boost::json::value auth; ///< What the peer sent with its CONNECT; null if it sent nothing.
    std::string session;     ///< The sid of Engine.IO: a secret.
    http::Caller caller{};   ///< Who opened the connection; for a client: nobody.
};
using PeerPtr = std::shared_ptr<Peer const>; // shared: with handlers, which may outlive the connection

} // namespace learning_loop::socketio
