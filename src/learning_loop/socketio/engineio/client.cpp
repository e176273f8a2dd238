#include "learning_loop/socketio/engineio/client.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/overloaded.h"
#include "learning_loop/base/text.h"
#include "learning_loop/http/client/open_websocket.h"
#include "learning_loop/http/url.h"
#include "learning_loop/http/websocket/websocket.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <iterator>

namespace learning_loop::engineio {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::hours until_over{1};
constexpr std::chrono::milliseconds closing_tick{5};
constexpr std::chrono::milliseconds tick{50}; // a server's ping is due after seconds

// A poll may take as long as the server has nothing to send. The session notices if the server is dead.
constexpr std::chrono::seconds max_poll{300};

std::optional<std::string> failure_of(Result<http::Answer> const& answer)
{
    if (!answer) return answer.error().message;
    if (answer->status == 200) return std::nullopt;
    return "the server answers " + std::to_string(answer->status) + " " + printable(answer->body);
}

std::optional<Message> message_of(std::optional<http::WebSocket::Message> frame)
{
    if (!frame) return std::nullopt;
    return Message{frame->is_binary, std::move(frame->bytes)};
}

} // namespace

Client::Client(boost::asio::any_io_executor executor, http::Client& http, ClientOptions options,
               ClientApplication application)
    : executor_(executor),
      options_(std::move(options)),
      application_(std::move(application)),
      http_(http),
      core_(options_.session, Clock::now()),
      over_(executor),
      tasks_(executor),
      writers_(executor)
{}

Client::~Client() = default;

Task<std::string> Client::run()
{
    tasks_.spawn("the heartbeat of an Engine.IO client", watch());
    tasks_.spawn("the opening of a session", open());
    try {
        while (!core_.is_over()) co_await over_.sleep(until_over);
        co_await wind_up();
        co_return why_;
    } catch (boost::system::system_error const& failure) {
        if (failure.code() != asio::error::operation_aborted) throw;
    }
    // Cancelled. The filter is changed only now, because it also applies to the coroutine that awaits this one.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (!core_.is_over()) execute(core_.close("ended from this side", http::CloseCode::going_away));
    co_await wind_up();
    throw boost::system::system_error(asio::error::operation_aborted);
}

/// Waits at most a second until everything has been sent, then cancels what still runs and waits for its end.
Task<> Client::wind_up()
{
    Pause pause(executor_);
    auto const deadline = Clock::now() + max_closing;
    while (writers_.size() > 0 && Clock::now() < deadline) co_await pause.sleep(closing_tick);
    tasks_.cancel();
    writers_.cancel();
    while (tasks_.size() + writers_.size() > 0) co_await pause.sleep(closing_tick);
}

void Client::send(std::vector<Message> messages)
{
    execute(core_.send(std::move(messages)));
}

void Client::close(std::string why, http::CloseCode code)
{
    if (core_.is_over()) return;
    execute(core_.close(std::move(why), code));
}

Task<> Client::open()
{
    if (options_.session.first == Transport::polling) co_return co_await poll({});
    auto socket = co_await open_websocket();
    if (!socket) co_return execute(core_.on_failure(socket.error().message));
    use(*socket, send_queue_of(*socket));
    co_await read_frames(*socket);
}

Task<> Client::poll(std::chrono::milliseconds after)
{
    if (after.count() > 0) {
        Pause pause(executor_);
        co_await pause.sleep(after);
    }
    http::CallOptions options{options_.headers, max_poll, options_.max_message_bytes / 3 * 4 + 1024};
    options.once = true; // the server does not send the same packets again
    auto answer = co_await http_.get(target(Transport::polling), std::move(options));
    if (auto const why = failure_of(answer)) co_return execute(core_.on_failure(*why));
    execute(core_.on_poll_answer(Bytes(std::move(answer->body)), Clock::now()));
}

Task<> Client::post(std::string payload)
{
    http::CallOptions options{options_.headers, {}, {}};
    options.once = true;
    auto const answer = co_await http_.post_text(target(Transport::polling), std::move(payload), std::move(options));
    if (auto const why = failure_of(answer)) co_return execute(core_.on_failure(*why));
    execute(core_.on_posted());
}

/// Tries to upgrade the session to a WebSocket. If that fails, polling goes on.
Task<> Client::probe()
{
    auto opened = co_await open_websocket();
    if (!opened) {
        log::debug("Engine.IO: no upgrade: {}", opened.error().message);
        co_return execute(core_.on_probe_closed());
    }
    auto const socket = *opened;
    probe_socket_ = socket;
    socket->end_within(options_.handshake_timeout);
    probe_ = send_queue_of(socket);
    execute(core_.on_probe_open());
    // Reading goes on after the server's answer: the WebSocket may be lost while the last poll or post is under way.
    while (probe_socket_ == socket) {
        auto frame = message_of(co_await socket->read());
        if (probe_socket_ != socket) { // the session has turned to it meanwhile
            handle(*socket, std::move(frame));
        } else if (frame) {
            execute(core_.on_probe_frame(std::move(*frame)));
        } else {
            drop_probe(http::CloseCode::normal);
            execute(core_.on_probe_closed());
        }
    }
    if (websocket_ && !probe_) co_await read_frames(socket);
}

Task<> Client::read_frames(Socket socket)
{
    while (!core_.is_over()) {
        auto frame = message_of(co_await socket->read());
        handle(*socket, std::move(frame));
    }
}

void Client::handle(http::WebSocket& socket, std::optional<Message> frame)
{
    if (frame) execute(core_.on_frame(std::move(*frame), Clock::now()));
    else execute(core_.on_failure(socket.why_closed(), socket.code_to_send()));
}

void Client::use(Socket const& socket, std::shared_ptr<SendQueue> queue)
{
    websocket_ = std::move(queue);
    socket->on_bytes([this](std::size_t bytes) {
        core_.on_bytes(Clock::now());
        application_.receiving(bytes);
    });
}

Task<> Client::watch()
{
    Pause pause(executor_);
    auto const open_until = Clock::now() + options_.handshake_timeout;
    for (;;) {
        co_await pause.sleep(tick);
        auto const now = Clock::now();
        if (core_.sid().empty() && now > open_until) execute(core_.on_failure("the server opens no session in time"));
        execute(core_.on_time(now));
    }
}

Task<Result<Client::Socket>> Client::open_websocket()
{
    http::WebSocketRequest request{target(Transport::websocket), options_.headers, options_.handshake_timeout,
                                   options_.max_message_bytes};
    co_return co_await http::open_websocket(http_, std::move(request));
}

std::string Client::target(Transport transport) const
{
    auto text = options_.path + "?EIO=4&transport=" + (transport == Transport::polling ? "polling" : "websocket");
    if (!core_.sid().empty()) text += "&sid=" + http::percent_encoded(core_.sid());
    return text;
}

std::shared_ptr<SendQueue> Client::send_queue_of(Socket socket)
{
    auto on_sent = [this](std::size_t bytes) { core_.on_sent(bytes); };
    return std::make_shared<SendQueue>(std::move(socket), writers_, std::move(on_sent));
}

/// The application may send while it is called: those actions come after the ones that are already queued.
void Client::execute(ClientActions actions)
{
    actions_.insert(actions_.end(), std::make_move_iterator(actions.begin()), std::make_move_iterator(actions.end()));
    if (std::exchange(executes_, true)) return;
    while (!actions_.empty()) {
        auto action = std::move(actions_.front());
        actions_.pop_front();
        execute(std::move(action));
    }
    executes_ = false;
}

void Client::execute(ClientAction action)
{
    std::visit(Overloaded{
                   [&](Opened const&) { application_.opened(); },
                   [&](Deliver& deliver) { application_.received(std::move(deliver.message)); },
                   [&](StartPoll const& start) { tasks_.spawn("a poll", poll(start.after)); },
                   [&](Post& payload) { writers_.spawn("a post", post(std::move(payload.payload))); },
                   [&](OpenProbe const&) { tasks_.spawn("an upgrade", probe()); },
                   [&](Send& send) { websocket_->put(std::move(send.packet)); },
                   [&](SendProbe& send) { probe_->put(std::move(send.packet)); },
                   [&](Promote const&) { promote(); },
                   [&](DropProbe const&) { drop_probe(http::CloseCode::policy_violation); },
                   [&](End& over) { end(std::move(over)); },
               },
               action);
}

void Client::promote()
{
    probe_socket_->lift_limit();
    use(probe_socket_, std::exchange(probe_, nullptr));
    probe_socket_.reset(); // the coroutine that reads it goes on as the session's reader
}

void Client::drop_probe(http::CloseCode code)
{
    probe_socket_.reset();
    std::exchange(probe_, nullptr)->end(code);
}

void Client::end(End end)
{
    why_ = std::move(end.why);
    if (websocket_) websocket_->end(end.code);
    if (probe_) probe_->end(end.code);
    over_.wake();
}

} // namespace learning_loop::engineio
