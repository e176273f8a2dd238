#include "learning_loop/socketio/engineio/send_queue.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/websocket/websocket.h"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace learning_loop::engineio {

void SendQueue::put(Packet packet)
{
    packets_.push_back(std::move(packet));
    start_task();
}

void SendQueue::end(http::CloseCode code)
{
    if (close_code_) return;
    close_code_ = code;
    socket_->end_within(max_closing);
    if (pause_) pause_->wake();
    start_task();
}

void SendQueue::start_task()
{
    if (!std::exchange(is_running_, true)) writers_.spawn("a WebSocket's writer", drain(shared_from_this()));
}

/// TCP does not keep packets apart: a peer may get two of them in one read, even if each was a write of its own. Some
/// clients, the protocol's own test suite among them, begin to wait for the second packet only when they have seen the
/// first, and miss it if both come in one read. So nothing follows until such a client has had time to read the first.
Task<> SendQueue::pause()
{
    if (close_code_) co_return;
    pause_.emplace(co_await boost::asio::this_coro::executor);
    co_await pause_->sleep(max_pause_);
    pause_.reset();
}

Task<> SendQueue::drain(std::shared_ptr<SendQueue> queue)
{
    auto& socket = *queue->socket_;
    try {
        while (!queue->packets_.empty()) {
            auto const packet = std::move(queue->packets_.front());
            queue->packets_.pop_front();
            auto const type = static_cast<char>(packet.type);
            auto const& data = packet.data;
            about_to_wait_for("the peer to take a message");
            co_await socket.write(data.is_binary, {&type, data.is_binary ? 0U : 1U}, data.bytes.view());
            queue->on_sent_(data.bytes.size());
            if (packet.is_alone) co_await queue->pause();
        }
        if (queue->close_code_) co_await socket.close(*queue->close_code_);
    } catch (boost::system::system_error const& gone) {
        queue->packets_.clear(); // the coroutine that reads notices, too
        log::debug("Engine.IO: a WebSocket takes nothing more: {}", gone.what());
    }
    queue->is_running_ = false;
}

} // namespace learning_loop::engineio
