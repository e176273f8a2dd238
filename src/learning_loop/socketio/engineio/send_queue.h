#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/http/websocket/close_code.h"
#include "learning_loop/socketio/engineio/packet.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace learning_loop::http {
class WebSocket;
}

namespace learning_loop::engineio {

/// The packets that wait to be sent over a WebSocket, and the task that sends them. Must be used on the io thread.
class SendQueue : public std::enable_shared_from_this<SendQueue> {
public:
    /// `on_sent` is called with the bytes of each packet that has been sent. The group runs the task: it must outlive
    /// the queue, and must be joined.
    SendQueue(std::shared_ptr<http::WebSocket> socket, TaskGroup& writers, std::function<void(std::size_t)> on_sent)
        : socket_(std::move(socket)), writers_(writers), on_sent_(std::move(on_sent))
    {}

    void put(Packet packet);

    /// Closes the WebSocket as soon as all packets have been sent, and after a second at the latest.
    void end(http::CloseCode code);

private:
    void start_task();
    static Task<> drain(std::shared_ptr<SendQueue> queue);

    std::shared_ptr<http::WebSocket> socket_; // shared: with the coroutine that reads from it
    TaskGroup& writers_;
    std::function<void(std::size_t)> on_sent_;
    std::deque<Packet> packets_;
    std::optional<http::CloseCode> close_code_;
    bool is_running_ = false;
};

} // namespace learning_loop::engineio
