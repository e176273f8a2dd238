#include "learning_loop/socketio/engineio/send_queue.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/websocket/websocket.h"

namespace learning_loop::engineio {
namespace {

constexpr std::chrono::milliseconds max_closing{1000};

} // namespace

void SendQueue::put(Packet packet)
{
    packets_.push_back(std::move(packet));
    write();
}

void SendQueue::end(http::CloseCode code)
{
    if (code_) return;
    code_ = code;
    socket_->end_within(max_closing);
    write();
}

void SendQueue::write()
{
    if (!std::exchange(writes_, true)) writers_.spawn("a WebSocket's writer", drain(shared_from_this()));
}

Task<> SendQueue::drain(std::shared_ptr<SendQueue> send_queue)
{
    auto& socket = *send_queue->socket_;
    try {
        while (!send_queue->packets_.empty()) {
            auto const packet = std::move(send_queue->packets_.front());
            send_queue->packets_.pop_front();
            auto const type = static_cast<char>(packet.type);
            auto const& data = packet.data;
            about_to_wait_for("the peer to take a message");
            co_await socket.write(data.is_binary, {&type, data.is_binary ? 0U : 1U}, data.bytes.view());
            send_queue->sent_(data.bytes.size());
        }
        if (send_queue->code_) co_await socket.close(*send_queue->code_);
    } catch (boost::system::system_error const& gone) {
        send_queue->packets_.clear(); // whoever reads from it notices, too
        log::debug("Engine.IO: a WebSocket takes nothing more: {}", gone.what());
    }
    send_queue->writes_ = false;
}

} // namespace learning_loop::engineio
