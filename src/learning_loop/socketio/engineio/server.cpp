#include "learning_loop/socketio/engineio/server.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/websocket/websocket.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <optional>

namespace learning_loop::engineio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds min_pause{5}; // many sessions, one look at all of them
constexpr std::size_t sessions_a_look = 1000;       // more of them, longer pauses
constexpr std::chrono::seconds longest_pause{60};

/// As other servers of Engine.IO word it, and their clients know it.
http::Response refusal(int code, std::string_view message)
{
    return http::json_response({{"code", code}, {"message", message}}, 400);
}

std::optional<http::Response> fault_of(http::Request const& request)
{
    auto const version = request.query_value("EIO");
    auto const transport = request.query_value("transport");
    if (version != "4") return refusal(5, "Unsupported protocol version: EIO must be 4");
    if (transport != "polling" && transport != "websocket")
        return refusal(0, "Transport unknown: transport must be polling or websocket");
    if (request.query_value("j")) return refusal(3, "JSONP is not served");
    if (transport == "websocket" && !http::wants_websocket(request))
        return refusal(3, "Bad request: this is no handshake of a WebSocket");
    return std::nullopt;
}

/// Counts the binary messages, which may be kept until more of them have come, as those of a WebSocket are counted.
/// False: there is no room for them.
bool count_bytes(ServerActions& actions, http::BodyBudget& budget)
{
    struct Counted {
        Bytes bytes;
        http::BodyBudget::Share share;
    };
    for (auto& action : actions) {
        auto* deliver = std::get_if<Deliver>(&action);
        if (!deliver || !deliver->message.is_binary) continue;
        auto& bytes = deliver->message.bytes;
        auto share = budget.begin();
        if (!share.grow_to(bytes.size())) return false;
        auto const view = bytes.view();
        bytes = Bytes(std::make_shared<Counted>(Counted{std::move(bytes), std::move(share)}), view);
    }
    return true;
}

http::Response payload_response(std::string payload)
{
    auto response = http::text_response(std::move(payload));
    response.headers.add("Cache-Control", "no-store");
    return response;
}

} // namespace

/// A GET that waits for something to tell its client.
struct Server::Poll {
    explicit Poll(boost::asio::any_io_executor const& executor) : answered(executor) {}

    std::optional<std::string> payload;
    Pause answered;
};

struct Server::Session {
    ServerSession core;
    std::shared_ptr<SendQueue> websocket; // shared: with the task that writes
    std::shared_ptr<SendQueue> probe;
    std::shared_ptr<Poll> poll; // shared: with the request that waits
};

Server::Server(boost::asio::any_io_executor executor, SessionOptions options, Application application,
               std::size_t max_sessions)
    : options_(options),
      application_(std::move(application)),
      max_sessions_(max_sessions),
      next_(executor),
      writers_(executor)
{}

Server::~Server() = default;

void Server::add_to(http::Router& router, std::string const& path)
{
    router.get(path, *this, &Server::get)
        .summary("Engine.IO 4: opens a session, or waits for its messages; becomes a WebSocket when asked to.");
    router.post(path, *this, &Server::post)
        .summary("Engine.IO 4: takes messages of a session.")
        .body_limit(options_.max_payload)
        .tells_of_bytes([this](http::Request const& request, std::size_t bytes) {
            if (auto const session = find(request.query_value("sid").value_or(""))) receive(*session, bytes);
        });
    for (auto const* method : {"PUT", "PATCH", "DELETE"})
        router.add(method, path, http::handler_of(*this, &Server::refuse)).summary("Engine.IO 4 knows no such method.");
}

Task<Result<http::Response>> Server::get(http::Request request)
{
    if (request.method == "HEAD") co_return refusal(2, "Bad handshake method: HEAD would throw messages away");
    if (auto fault = fault_of(request)) co_return std::move(*fault);
    bool const is_websocket = request.query_value("transport") == "websocket";
    if (auto const sid = request.query_value("sid")) {
        auto session = find(*sid);
        if (!session) co_return refusal(1, "Session ID unknown");
        if (is_websocket) co_return upgrade(session);
        co_return co_await poll(std::move(session));
    }
    if (finishing_ || sessions_.size() >= max_sessions_)
        co_return Error{Errc::unavailable, "the server has no room for another session: try again later"};
    if (is_websocket) co_return open_websocket(std::move(request.headers));
    co_return open_polling(request.headers);
}

Task<Result<http::Response>> Server::post(http::Request request)
{
    if (auto fault = fault_of(request)) co_return std::move(*fault);
    auto const sid = request.query_value("sid");
    if (!sid) co_return refusal(2, "Bad handshake method: a session is opened by GET");
    auto const session = find(*sid);
    if (!session) co_return refusal(1, "Session ID unknown");
    auto actions = session->core.on_post(Bytes(std::move(request.body)), Clock::now());
    if (request.budget && !count_bytes(actions, *request.budget)) {
        std::erase_if(actions, [](auto const& one) { return std::holds_alternative<Deliver>(one); });
        execute(session, std::move(actions));
        close(std::string(*sid), "too many large messages at once", http::CloseCode::try_again_later);
        co_return Error{Errc::unavailable, "too many large messages at once: try again later"};
    }
    auto const refused = execute(session, std::move(actions));
    if (refused) co_return refusal(3, *refused);
    co_return http::text_response("ok");
}

Task<Result<http::Response>> Server::refuse(http::Request)
{
    co_return refusal(2, "Bad handshake method: use GET, or POST to send");
}

http::Response Server::open_polling(http::Headers const& handshake)
{
    auto const session = begin(Transport::polling);
    auto payload = payload_of(std::array{session->core.opening()});
    application_.opened(session->core.sid(), handshake);
    return payload_response(std::move(payload));
}

http::Response Server::open_websocket(http::Headers headers)
{
    http::Response response;
    response.body = http::WebSocketBody{
        options_.max_payload, [this, handshake = std::move(headers)](std::shared_ptr<http::WebSocket> socket) {
            return serve_websocket(std::move(socket), handshake);
        }};
    return response;
}

http::Response Server::upgrade(SessionPtr const& session)
{
    http::Response response;
    response.body = http::WebSocketBody{options_.max_payload, [this, session](std::shared_ptr<http::WebSocket> socket) {
                                            return serve_probe(std::move(socket), session);
                                        }};
    return response;
}

Task<http::Response> Server::poll(SessionPtr session)
{
    auto const poll = std::make_shared<Poll>(co_await boost::asio::this_coro::executor);
    auto const before = std::exchange(session->poll, poll);
    auto actions = session->core.on_poll(Clock::now());
    bool const is_refused = std::any_of(actions.begin(), actions.end(),
                                        [](auto const& one) { return std::holds_alternative<Refuse>(one); });
    if (is_refused) session->poll = before; // what the session says now, it says to the one that waited
    auto const refused = execute(session, std::move(actions));
    if (refused) co_return refusal(3, *refused);
    while (!poll->payload) co_await poll->answered.sleep(longest_pause);
    co_return payload_response(std::move(*poll->payload));
}

Task<> Server::serve_websocket(std::shared_ptr<http::WebSocket> socket, http::Headers handshake)
{
    if (finishing_) co_return co_await socket->close(http::CloseCode::going_away);
    auto session = begin(Transport::websocket);
    session->websocket = send_queue_of(socket, session);
    execute(session, session->core.on_opened_by_websocket());
    application_.opened(session->core.sid(), handshake);
    co_await read_frames(std::move(socket), std::move(session));
}

/// A WebSocket that wants to take over a session that polls.
Task<> Server::serve_probe(std::shared_ptr<http::WebSocket> socket, SessionPtr session)
{
    auto const send_queue = send_queue_of(socket, session);
    auto const refused = execute(session, session->core.on_websocket(Clock::now()));
    if (refused || finishing_) {
        co_await socket->close(http::CloseCode::policy_violation);
        co_return;
    }
    session->probe = send_queue;
    while (session->probe == send_queue) {
        auto const frame = co_await socket->read();
        if (!frame) {
            if (session->probe == send_queue) session->core.on_probe_closed();
            if (session->probe == send_queue) session->probe.reset();
            co_return;
        }
        execute(session, session->core.on_probe_frame({frame->is_binary, frame->bytes}, Clock::now()));
    }
    if (session->websocket == send_queue) co_await read_frames(std::move(socket), std::move(session));
}

Task<> Server::read_frames(std::shared_ptr<http::WebSocket> socket, SessionPtr session)
{
    socket->on_bytes([this, session = session.get()](std::size_t bytes) { receive(*session, bytes); });
    while (!session->core.is_over()) {
        auto frame = co_await socket->read();
        if (frame) execute(session, session->core.on_frame({frame->is_binary, std::move(frame->bytes)}, Clock::now()));
        else execute(session, session->core.on_websocket_closed(socket->why_closed(), socket->code_to_send()));
    }
}

/// Some bytes of a message that may not be whole yet.
void Server::receive(Session& session, std::size_t bytes)
{
    if (session.core.is_over()) return;
    session.core.on_bytes(bytes);
    if (application_.receiving) application_.receiving(session.core.sid(), bytes);
}

Task<> Server::run()
{
    for (;;) {
        auto const now = Clock::now();
        std::vector<SessionPtr> due;
        auto next = now + longest_pause;
        for (auto const& [sid, session] : sessions_) {
            if (session->core.next_time() <= now) due.push_back(session);
        }
        for (auto const& session : due) execute(session, session->core.on_time(now));
        for (auto const& [sid, session] : sessions_) next = std::min(next, session->core.next_time());
        auto const pause = min_pause * static_cast<int>(1 + sessions_.size() / sessions_a_look);
        auto const wait =
            std::max<std::chrono::milliseconds>(std::chrono::ceil<std::chrono::milliseconds>(next - now), pause);
        looks_at_ = now + wait;
        co_await next_.sleep(wait);
        looks_at_ = {};
    }
}

void Server::send(std::string const& sid, std::vector<Message> messages)
{
    if (auto const session = find(sid)) execute(session, session->core.send(std::move(messages)));
}

void Server::close(std::string const& sid, std::string why, http::CloseCode code)
{
    if (auto const session = find(sid)) execute(session, session->core.close(std::move(why), code));
}

Task<> Server::finish()
{
    finishing_ = true;
    while (!sessions_.empty())
        close(std::string(sessions_.begin()->first), "the server ends", http::CloseCode::going_away);
    co_await writers_.join(); // each of them ends within a second
}

Server::SessionPtr Server::begin(Transport transport)
{
    auto const sid = random_token();
    auto session = std::make_shared<Session>(Session{{sid, transport, options_, Clock::now()}, {}, {}, {}});
    sessions_.emplace(sid, session);
    log::debug("Engine.IO: a session opens");
    if (session->core.next_time() < looks_at_) next_.wake();
    return session;
}

Server::SessionPtr Server::find(std::string_view sid) const
{
    auto const found = sessions_.find(std::string(sid));
    return found == sessions_.end() ? nullptr : found->second;
}

/// Does what the session says. The reason of a Refuse is returned, for the request that it is about.
std::optional<std::string> Server::execute(SessionPtr const& session, ServerActions actions)
{
    std::optional<std::string> refused;
    for (auto& action : actions) {
        if (auto* deliver = std::get_if<Deliver>(&action)) {
            // What was delivered before may have ended the session.
            if (sessions_.contains(session->core.sid()))
                application_.received(session->core.sid(), std::move(deliver->message));
        } else if (auto* answer = std::get_if<AnswerPoll>(&action)) {
            if (auto const poll = std::exchange(session->poll, nullptr)) {
                poll->payload = std::move(answer->payload);
                poll->answered.wake();
            }
        } else if (auto* refuse = std::get_if<Refuse>(&action)) {
            refused = std::move(refuse->why);
        } else if (auto* send = std::get_if<Send>(&action)) {
            if (session->websocket) session->websocket->put(std::move(send->packet));
        } else if (auto* to_probe = std::get_if<SendProbe>(&action)) {
            if (session->probe) session->probe->put(std::move(to_probe->packet));
        } else if (std::holds_alternative<Promote>(action)) {
            session->websocket = std::exchange(session->probe, nullptr);
        } else if (auto* drop = std::get_if<DropProbe>(&action)) {
            log::debug("Engine.IO: an upgrade fails: {}", drop->why);
            if (auto const probe = std::exchange(session->probe, nullptr))
                probe->end(http::CloseCode::policy_violation);
        } else if (auto* over = std::get_if<End>(&action)) {
            if (session->websocket) session->websocket->end(over->code);
            if (auto const probe = std::exchange(session->probe, nullptr)) probe->end(over->code);
            sessions_.erase(session->core.sid());
            log::debug("Engine.IO: a session ends: {}", over->why);
            application_.closed(session->core.sid(), over->why);
        }
    }
    if (session->core.next_time() < looks_at_) next_.wake(); // as when a WebSocket begins to try
    return refused;
}

std::shared_ptr<SendQueue> Server::send_queue_of(std::shared_ptr<http::WebSocket> socket, SessionPtr const& session)
{
    // The session owns its outlets, so it may not be owned by them.
    auto sent = [weak = std::weak_ptr(session)](std::size_t bytes) {
        if (auto const alive = weak.lock()) alive->core.on_sent(bytes);
    };
    return std::make_shared<SendQueue>(std::move(socket), writers_, std::move(sent));
}

} // namespace learning_loop::engineio
