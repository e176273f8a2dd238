#include "learning_loop/node/loop_connection.h"

#include "learning_loop/data/loop_api.h"

#include <boost/describe/enum_to_string.hpp>

namespace learning_loop {
namespace {

constexpr std::chrono::hours any_time{1};
constexpr auto* connection_step = "connection";

socketio::Arguments failed_event(Error const& error)
{
    return socketio::Arguments::of(failed_ack(error));
}

socketio::ClientOptions client_options(LoopConnectionOptions const& options)
{
    socketio::ClientOptions client;
    client.connection.path = std::string(loop_api::socketio) + "/";
    client.connection.session.first = engineio::Transport::polling; // some proxies let no WebSocket through
    client.first_wait = options.first_wait;
    client.error_ack = &failed_event;
    client.load = options.load;
    return client;
}

} // namespace

LoopConnectionOptions loop_connection_options(NodeSettings const& settings, NodeType type)
{
    LoopConnectionOptions options;
    options.type = type;
    options.is_muted = settings.skip_repeat_on_start;
    return options;
}

LoopConnection::LoopConnection(boost::asio::any_io_executor executor, LoopSession& session, Problems& problems,
                               LoopConnectionOptions options, std::function<void()> restart)
    : session_(session),
      problems_(problems),
      type_(options.type),
      is_muted_(options.is_muted),
      restart_(std::move(restart)),
      unmuted_(executor),
      client_(executor, session.http(), client_options(options))
{
    client_.prepare = [this] { return prepare(); };
    client_.connected = [this] {
        problems_.set(connection_step, std::nullopt);
        for (auto const& tell : connected_) tell();
    };
    client_.disconnected = [this](std::string const& why) {
        problems_.set(connection_step, is_muted_ ? std::nullopt : std::optional(why));
    };
    client_.events.on("restart", *this, &LoopConnection::end_program);
}

Task<> LoopConnection::run()
{
    return client_.run();
}

Task<Result<NodeAck>> LoopConnection::call(std::string event, socketio::Arguments arguments,
                                           std::chrono::milliseconds timeout)
{
    auto const ack = co_await client_.call(std::move(event), std::move(arguments), timeout);
    if (!ack) co_return ack.error();
    co_return read_node_ack(ack->values);
}

void LoopConnection::set_muted(bool is_muted)
{
    is_muted_ = is_muted;
    if (is_muted) problems_.set(connection_step, std::nullopt);
    else unmuted_.wake();
    if (is_muted || !is_connected()) client_.renew("muted");
}

/// Logs in anew each time, as other nodes do: sessions of a Loop end when it restarts.
Task<Result<http::Headers>> LoopConnection::prepare()
{
    do {
        while (is_muted_) co_await unmuted_.sleep(any_time);
        auto const status = co_await session_.http().get(std::string(loop_api::status));
        if (!status) co_return status.error();
        if (status->status != 200) co_return loop_refusal(*status, "status");
        auto const login = co_await session_.log_in();
        if (!login) co_return login.error();
    } while (is_muted_);
    http::Headers headers;
    headers.add("organization", "");
    headers.add("project", "");
    headers.add("nodeType", boost::describe::enum_to_string(type_, "?"));
    co_return headers;
}

/// Without an ack: the process is about to end.
Task<Result<NodeAck>> LoopConnection::end_program()
{
    restart_();
    Pause until_the_end(co_await boost::asio::this_coro::executor);
    for (;;) co_await until_the_end.sleep(any_time);
}

} // namespace learning_loop
