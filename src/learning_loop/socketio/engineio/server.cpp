#include "learning_loop/socketio/engineio/server.h"

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/refusal.h"
#include "learning_loop/http/websocket/websocket.h"
#include "learning_loop/socketio/engineio/impl/sessions.h"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace learning_loop::engineio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds until_answered{60};
constexpr std::chrono::milliseconds until_probe_is_read{10};

/// In the words of other Engine.IO servers, which their clients know.
http::Response refusal(int code, std::string_view message)
{
    return http::json_response({{"code", code}, {"message", message}}, 400);
}

/// Refuses a request that is not Engine.IO 4.
http::Admitted<> check_request(http::Request const& request)
{
    auto const version = request.query_value("EIO");
    auto const transport = request.query_value("transport");
    if (version != "4") return refusal(5, "Unsupported protocol version: EIO must be 4");
    if (transport != "polling" && transport != "websocket")
        return refusal(0, "Transport unknown: transport must be polling or websocket");
    if (request.query_value("j")) return refusal(3, "JSONP is not served");
    if (transport == "websocket" && !http::wants_websocket(request))
        return refusal(3, "Bad request: this is no handshake of a WebSocket");
    return {};
}

/// Counts the binary messages in the budget, as those of a WebSocket are, because they may be kept until more of them
/// have come. Returns false if there is no room for them.
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

bool has_refuse(ServerActions const& actions)
{
    return std::any_of(actions.begin(), actions.end(),
                       [](auto const& one) { return std::holds_alternative<Refuse>(one); });
}

http::Response payload_response(std::string payload)
{
    auto response = http::text_response(std::move(payload));
    response.headers.add("Cache-Control", "no-store");
    return response;
}

} // namespace

Server::Server(boost::asio::any_io_executor executor, SessionOptions const& options, Application application,
               std::size_t max_sessions)
    : options_(options),
      sessions_(std::make_unique<Sessions>(std::move(executor), options, std::move(application), max_sessions))
{}

Server::~Server() = default;

void Server::add_to(http::Router& router, std::string const& path)
{
    router.get(path, *this, &Server::get)
        .summary("Engine.IO 4: opens a session, or waits for its messages; becomes a WebSocket when asked to.")
        .open_to(http::Access::everybody);
    router.post(path, *this, &Server::post)
        .summary("Engine.IO 4: takes messages of a session.")
        .open_to(http::Access::everybody)
        .body_limit(options_.max_payload)
        .on_body_bytes([this](http::Request const& request, std::size_t bytes) {
            auto const session = sessions_->find(request.query_value("sid").value_or(""));
            if (session) sessions_->receive(*session, bytes);
        });
    for (auto const* method : {"PUT", "PATCH", "DELETE"})
        router.add(method, path, *this, &Server::refuse)
            .summary("Engine.IO 4 knows no such method.")
            .open_to(http::Access::everybody);
}

Task<Result<http::Response>> Server::get(http::Request request)
{
    if (request.method == "HEAD") co_return refusal(2, "Bad handshake method: HEAD would throw messages away");
    if (auto const checked = check_request(request); !checked) co_return checked.error().response;
    bool const is_websocket = request.query_value("transport") == "websocket";
    if (auto const sid = request.query_value("sid")) {
        auto session = sessions_->find(*sid);
        if (!session) co_return refusal(1, "Session ID unknown");
        if (is_websocket) co_return upgrade(session);
        co_return co_await poll(std::move(session));
    }
    if (!sessions_->has_room())
        co_return Error{Errc::unavailable, "the server has no room for another session: try again later"};
    Handshake handshake{std::move(request.headers), std::move(request.caller)};
    if (is_websocket) co_return open_websocket(std::move(handshake));
    co_return open_polling(handshake);
}

Task<Result<http::Response>> Server::post(http::Request request)
{
    if (auto const checked = check_request(request); !checked) co_return checked.error().response;
    auto const sid = request.query_value("sid");
    if (!sid) co_return refusal(2, "Bad handshake method: a session is opened by GET");
    auto const session = sessions_->find(*sid);
    if (!session) co_return refusal(1, "Session ID unknown");
    auto actions = session->core.on_post(Bytes(std::move(request.body)), Clock::now());
    if (request.budget && !count_bytes(actions, *request.budget)) {
        std::erase_if(actions, [](auto const& one) { return std::holds_alternative<Deliver>(one); });
        sessions_->execute(session, std::move(actions));
        close(std::string(*sid), "too many large messages at once", http::CloseCode::try_again_later);
        co_return Error{Errc::unavailable, "too many large messages at once: try again later"};
    }
    auto const executed = sessions_->execute(session, std::move(actions));
    if (!executed) co_return refusal(3, executed.error().message);
    co_return http::text_response("ok");
}

Task<Result<http::Response>> Server::refuse(http::Request)
{
    co_return refusal(2, "Bad handshake method: use GET, or POST to send");
}

http::Response Server::open_polling(Handshake const& handshake)
{
    auto const session = sessions_->open_by_polling(handshake);
    return payload_response(payload_of(std::array{session->core.opening()}));
}

http::Response Server::open_websocket(Handshake handshake)
{
    http::Response response;
    auto serve = [this, handshake = std::move(handshake)](Socket socket) {
        return serve_websocket(std::move(socket), handshake);
    };
    response.body = http::WebSocketBody{options_.max_payload, std::move(serve)};
    return response;
}

http::Response Server::upgrade(SessionPtr const& session)
{
    http::Response response;
    auto serve = [this, session](Socket socket) { return serve_probe(std::move(socket), session); };
    response.body = http::WebSocketBody{options_.max_payload, std::move(serve)};
    return response;
}

Task<http::Response> Server::poll(SessionPtr session)
{
    // Before this poll, the client may have sent over the probe that it has upgraded, which is yet to be read.
    auto const executor = co_await boost::asio::this_coro::executor;
    if (session->probe) co_await Pause(executor).sleep(until_probe_is_read);
    auto const poll = std::make_shared<WaitingPoll>(executor);
    auto const before = std::exchange(session->poll, poll);
    auto actions = session->core.on_poll(Clock::now());
    if (has_refuse(actions)) session->poll = before; // an AnswerPoll is for the one that waits already
    auto const executed = sessions_->execute(session, std::move(actions));
    if (!executed) co_return refusal(3, executed.error().message);
    while (!poll->payload) co_await poll->answered.sleep(until_answered);
    co_return payload_response(std::move(*poll->payload));
}

Task<> Server::serve_websocket(Socket socket, Handshake handshake)
{
    if (sessions_->is_finishing()) co_return co_await socket->close(http::CloseCode::going_away);
    auto session = sessions_->open_by_websocket(socket, handshake);
    co_await read_frames(std::move(socket), std::move(session));
}

/// Serves a WebSocket that asks to take over a session which polls.
Task<> Server::serve_probe(Socket socket, SessionPtr session)
{
    auto const queue = sessions_->send_queue_of(socket, session);
    auto const executed = sessions_->execute(session, session->core.on_websocket(Clock::now()));
    if (!executed || sessions_->is_finishing()) co_return co_await socket->close(http::CloseCode::policy_violation);
    session->probe = queue;
    while (session->probe == queue) {
        auto const frame = co_await socket->read();
        if (!frame) {
            if (session->probe == queue) session->core.on_probe_closed();
            if (session->probe == queue) session->probe.reset();
            co_return;
        }
        sessions_->execute(session, session->core.on_probe_frame({frame->is_binary, frame->bytes}, Clock::now()));
    }
    if (session->websocket == queue) co_await read_frames(std::move(socket), std::move(session));
}

Task<> Server::read_frames(Socket socket, SessionPtr session)
{
    socket->on_bytes([this, session = session.get()](std::size_t bytes) { sessions_->receive(*session, bytes); });
    while (!session->core.is_over()) {
        auto frame = co_await socket->read();
        auto actions = frame ? session->core.on_frame({frame->is_binary, std::move(frame->bytes)}, Clock::now())
                             : session->core.on_websocket_closed(socket->why_closed(), socket->code_to_send());
        sessions_->execute(session, std::move(actions));
    }
}

Task<> Server::run()
{
    return sessions_->run();
}

void Server::send(std::string const& sid, std::vector<Message> messages, bool is_alone)
{
    auto const session = sessions_->find(sid);
    if (session) sessions_->execute(session, session->core.send(std::move(messages), is_alone));
}

void Server::close(std::string const& sid, std::string why, http::CloseCode code)
{
    sessions_->close(sid, std::move(why), code);
}

Task<> Server::finish()
{
    return sessions_->finish();
}

std::size_t Server::sessions() const
{
    return sessions_->size();
}

} // namespace learning_loop::engineio
