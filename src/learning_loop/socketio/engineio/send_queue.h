#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/http/websocket/close_code.h"
#include "learning_loop/socketio/engineio/packet.h"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace learning_loop::http {
class WebSocket;
}

namespace learning_loop::engineio {

inline constexpr std::chrono::milliseconds max_closing{1000}; ///< For what is sent last.

/// The packets that wait to be sent over a WebSocket, and the task that sends them. Must be used on the io thread.
class SendQueue : public std::enable_shared_from_this<SendQueue> {
public:
    /// `on_sent` is called with the bytes of each packet that has been sent. The group runs the task: it must outlive
    /// the queue, and must be joined. `pause`: how long nothing is sent after a packet that is alone.
    SendQueue(std::shared_ptr<http::WebSocket> socket, TaskGroup& writers, std::function<void(std::size_t)> on_sent,
              std::chrono::milliseconds pause = {})
        : socket_(std::move(socket)), writers_(writers), on_sent_(std::move(on_sent)), max_pause_(pause)
    {}

    void put(Packet packet);

    /// Closes the WebSocket as soon as all packets have been sent, from now on without pauses, and after a second at
    /// the latest.
    void end(http::CloseCode code);

private:
    void start_task();
    Task<> pause();
    static Task<> drain(std::shared_ptr<SendQueue> queue);

    std::shared_ptr<http::WebSocket> socket_; // shared: with the coroutine that reads from it
    TaskGroup& writers_;
    std::function<void(std::size_t)> on_sent_;
    std::chrono::milliseconds max_pause_;
    std::deque<Packet> packets_;
    std::optional<http::CloseCode> close_code_;
    std::optional<Pause> pause_; ///< While there is one.
    bool is_running_ = false;
};

} // namespace learning_loop::engineio
