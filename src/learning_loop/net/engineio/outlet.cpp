#include "learning_loop/net/engineio/outlet.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/log.h"
#include "learning_loop/net/http/websocket.h"

namespace learning_loop::engineio {
namespace {

constexpr std::chrono::milliseconds most_closing{1000};

} // namespace

void Outlet::put(Packet packet)
{
    packets_.push_back(std::move(packet));
    write();
}

void Outlet::end(http::CloseCode code)
{
    if (code_) return;
    code_ = code;
    socket_->end_within(most_closing);
    write();
}

void Outlet::write()
{
    if (!std::exchange(writes_, true)) writers_.spawn("a WebSocket's writer", drain(shared_from_this()));
}

Task<> Outlet::drain(std::shared_ptr<Outlet> outlet)
{
    auto& socket = *outlet->socket_;
    try {
        while (!outlet->packets_.empty()) {
            auto const packet = std::move(outlet->packets_.front());
            outlet->packets_.pop_front();
            auto const type = static_cast<char>(packet.type);
            auto const& data = packet.data;
            about_to_wait_for("the peer to take a message");
            co_await socket.write(data.is_binary, {&type, data.is_binary ? 0U : 1U}, data.bytes.view());
            outlet->sent_(data.bytes.size());
        }
        if (outlet->code_) co_await socket.close(*outlet->code_);
    } catch (boost::system::system_error const& gone) {
        outlet->packets_.clear(); // whoever reads from it notices, too
        log::debug("Engine.IO: a WebSocket takes nothing more: {}", gone.what());
    }
    outlet->writes_ = false;
}

} // namespace learning_loop::engineio
