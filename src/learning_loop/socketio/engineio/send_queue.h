#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/engineio/packet.h"
#include "learning_loop/http/websocket/close_code.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace learning_loop::http {
class WebSocket;
}

namespace learning_loop::engineio {

/// What is to go out over a WebSocket, packet after packet. To be used on the io thread.
class SendQueue : public std::enable_shared_from_this<SendQueue> {
public:
    /// `sent` is told of each packet's bytes that have gone out. The group outlives the send_queue, and is joined.
    SendQueue(std::shared_ptr<http::WebSocket> socket, TaskGroup& writers, std::function<void(std::size_t)> sent)
        : socket_(std::move(socket)), writers_(writers), sent_(std::move(sent))
    {}

    void put(Packet packet);

    /// Closes the WebSocket when what waits has gone out, and at the latest after a second.
    void end(http::CloseCode code);

private:
    void write();
    static Task<> drain(std::shared_ptr<SendQueue> send_queue);

    std::shared_ptr<http::WebSocket> socket_; // shared: with who reads from it
    TaskGroup& writers_;
    std::function<void(std::size_t)> sent_;
    std::deque<Packet> packets_;
    std::optional<http::CloseCode> code_;
    bool writes_ = false;
};

} // namespace learning_loop::engineio
