#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/engineio/application.h"
#include "learning_loop/socketio/engineio/send_queue.h"
#include "learning_loop/socketio/engineio/server_session.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace learning_loop::engineio {

/// A GET that waits for something to answer its client.
struct WaitingPoll {
    explicit WaitingPoll(boost::asio::any_io_executor const& executor) : answered(executor) {}

    std::optional<std::string> payload;
    Pause answered;
};

struct OpenSession {
    ServerSession core;
    std::shared_ptr<SendQueue> websocket; // shared: with the task that writes
    std::shared_ptr<SendQueue> probe;
    std::shared_ptr<WaitingPoll> poll; // shared: with the request that waits
};
using SessionPtr = std::shared_ptr<OpenSession>; // shared: by the map and by what still runs for it when it ends

/// The sessions of a server: executes their actions and keeps their time. Must be used on the io thread.
class Sessions {
public:
    Sessions(boost::asio::any_io_executor executor, SessionOptions const& options, Application application,
             std::size_t max_sessions);

    SessionPtr open_by_polling(Handshake const& handshake);
    SessionPtr open_by_websocket(std::shared_ptr<http::WebSocket> socket, Handshake const& handshake);

    /// Returns nullptr if there is no such session, or if it is over.
    SessionPtr find(std::string_view sid) const;

    /// Executes the actions of a session. Errors: invalid_argument if one of them is a Refuse; the message is its
    /// reason.
    Result<void> execute(SessionPtr const& session, ServerActions actions);

    /// Some bytes of a message came, which may not be complete yet.
    void receive(OpenSession& session, std::size_t bytes);

    void close(std::string const& sid, std::string why, http::CloseCode code);
    std::shared_ptr<SendQueue> send_queue_of(std::shared_ptr<http::WebSocket> socket, SessionPtr const& session);

    Task<> run();    ///< Executes what is due, until it is cancelled.
    Task<> finish(); ///< Closes all sessions and waits until everything has been sent, at most a second.

    bool has_room() const { return !finishing_ && sessions_.size() < max_sessions_; }
    bool is_finishing() const { return finishing_; }
    std::size_t size() const { return sessions_.size(); }

private:
    SessionPtr begin(Transport transport);
    Time execute_due(Time now);
    void deliver(OpenSession const& session, Message message);
    void answer_poll(OpenSession& session, std::string payload);
    void drop_probe(OpenSession& session, std::string const& why);
    void end(OpenSession& session, End const& end);

    SessionOptions options_;
    Application application_;
    std::size_t max_sessions_;
    bool finishing_ = false;
    std::unordered_map<std::string, SessionPtr> sessions_; ///< By sid.
    Pause next_;
    Time next_check_{}; ///< When `run` goes on unless something wakes it.
    TaskGroup writers_;
};

} // namespace learning_loop::engineio
