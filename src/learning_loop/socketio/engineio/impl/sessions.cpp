#include "learning_loop/socketio/engineio/impl/sessions.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/overloaded.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace learning_loop::engineio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds min_pause{5}; // for each 1000 sessions, all of which are looked at
constexpr std::size_t sessions_per_pause = 1000;
constexpr std::chrono::seconds max_pause{60};

void put(std::shared_ptr<SendQueue> const& queue, Packet packet)
{
    if (queue) queue->put(std::move(packet));
}

} // namespace

Sessions::Sessions(boost::asio::any_io_executor executor, SessionOptions const& options, Application application,
                   std::size_t max_sessions)
    : options_(options),
      application_(std::move(application)),
      max_sessions_(max_sessions),
      next_(executor),
      writers_(executor)
{}

SessionPtr Sessions::open_by_polling(Handshake const& handshake)
{
    auto session = begin(Transport::polling);
    application_.opened(session->core.sid(), handshake);
    return session;
}

SessionPtr Sessions::open_by_websocket(std::shared_ptr<http::WebSocket> socket, Handshake const& handshake)
{
    auto session = begin(Transport::websocket);
    session->websocket = send_queue_of(std::move(socket), session);
    execute(session, session->core.on_opened_by_websocket());
    application_.opened(session->core.sid(), handshake);
    return session;
}

SessionPtr Sessions::begin(Transport transport)
{
    auto const sid = random_token();
    auto session = std::make_shared<OpenSession>(OpenSession{{sid, transport, options_, Clock::now()}, {}, {}, {}});
    sessions_.emplace(sid, session);
    log::debug("Engine.IO: a session opens");
    if (session->core.next_time() < next_check_) next_.wake();
    return session;
}

SessionPtr Sessions::find(std::string_view sid) const
{
    auto const found = sessions_.find(std::string(sid));
    return found == sessions_.end() ? nullptr : found->second;
}

Result<void> Sessions::execute(SessionPtr const& session, ServerActions actions)
{
    Result<void> refused;
    for (auto& action : actions) {
        std::visit(Overloaded{
                       [&](Deliver& arrived) { deliver(*session, std::move(arrived.message)); },
                       [&](AnswerPoll& answer) { answer_poll(*session, std::move(answer.payload)); },
                       [&](Refuse& refuse) {
                           refused = Error{Errc::invalid_argument, std::move(refuse.why)};
                       },
                       [&](Send& send) { put(session->websocket, std::move(send.packet)); },
                       [&](SendProbe& send) { put(session->probe, std::move(send.packet)); },
                       [&](Promote) { session->websocket = std::exchange(session->probe, nullptr); },
                       [&](DropProbe const& drop) { drop_probe(*session, drop.why); },
                       [&](End const& over) { end(*session, over); },
                   },
                   action);
    }
    if (session->core.next_time() < next_check_) next_.wake(); // e.g. an upgrade begins
    return refused;
}

void Sessions::deliver(OpenSession const& session, Message message)
{
    // The application may have ended the session when it got the message before.
    if (sessions_.contains(session.core.sid())) application_.received(session.core.sid(), std::move(message));
}

void Sessions::answer_poll(OpenSession& session, std::string payload)
{
    auto const poll = std::exchange(session.poll, nullptr);
    if (!poll) return;
    poll->payload = std::move(payload);
    poll->answered.wake();
}

void Sessions::drop_probe(OpenSession& session, std::string const& why)
{
    log::debug("Engine.IO: an upgrade fails: {}", why);
    auto const probe = std::exchange(session.probe, nullptr);
    if (probe) probe->end(http::CloseCode::policy_violation);
}

void Sessions::end(OpenSession& session, End const& end)
{
    if (session.websocket) session.websocket->end(end.code);
    if (auto const probe = std::exchange(session.probe, nullptr)) probe->end(end.code);
    sessions_.erase(session.core.sid());
    log::debug("Engine.IO: a session ends: {}", end.why);
    application_.closed(session.core.sid(), end.why);
}

void Sessions::receive(OpenSession& session, std::size_t bytes)
{
    if (session.core.is_over()) return;
    session.core.on_bytes(bytes);
    if (application_.receiving) application_.receiving(session.core.sid(), bytes);
}

void Sessions::close(std::string const& sid, std::string why, http::CloseCode code)
{
    if (auto const session = find(sid)) execute(session, session->core.close(std::move(why), code));
}

std::shared_ptr<SendQueue> Sessions::send_queue_of(std::shared_ptr<http::WebSocket> socket, SessionPtr const& session)
{
    // The session owns its queues, so they must not own it.
    auto on_sent = [weak = std::weak_ptr(session)](std::size_t bytes) {
        if (auto const alive = weak.lock()) alive->core.on_sent(bytes);
    };
    return std::make_shared<SendQueue>(std::move(socket), writers_, std::move(on_sent), options_.pause);
}

Task<> Sessions::run()
{
    for (;;) {
        auto const now = Clock::now();
        auto const until_next = std::chrono::ceil<std::chrono::milliseconds>(execute_due(now) - now);
        auto const pause = min_pause * static_cast<int>(1 + sessions_.size() / sessions_per_pause);
        auto const wait = std::max<std::chrono::milliseconds>(until_next, pause);
        next_check_ = now + wait;
        co_await next_.sleep(wait);
        next_check_ = {};
    }
}

/// Returns when something is due again.
Time Sessions::execute_due(Time now)
{
    std::vector<SessionPtr> due; // executing may remove sessions
    for (auto const& [sid, session] : sessions_) {
        if (session->core.next_time() <= now) due.push_back(session);
    }
    for (auto const& session : due) execute(session, session->core.on_time(now));
    Time next = now + max_pause;
    for (auto const& [sid, session] : sessions_) next = std::min(next, session->core.next_time());
    return next;
}

Task<> Sessions::finish()
{
    finishing_ = true;
    while (!sessions_.empty())
        close(std::string(sessions_.begin()->first), "the server ends", http::CloseCode::going_away);
    co_await writers_.join(); // each of them ends within a second
}

} // namespace learning_loop::engineio
