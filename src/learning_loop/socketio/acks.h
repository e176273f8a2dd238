#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/socketio/session.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace learning_loop::socketio {

/// The calls of one connection that wait for their acks. Must be used on the io thread.
class Acks {
public:
    explicit Acks(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Waits for the ack with this id. Errors: unavailable if it does not come in time, or if the connection is lost.
    Task<Result<Arguments>> wait(std::string nsp, std::uint64_t id, std::string event,
                                 std::chrono::milliseconds timeout);

    void receive(Answer answer);           ///< Ends the wait for this ack. Nothing happens if nobody waits for it.
    void fail_all();                       ///< The connection is lost: no ack will come.
    void fail_all(std::string const& nsp); ///< The peer has left the namespace: no ack of it will come.

private:
    struct Pending;
    using Key = std::pair<std::string, std::uint64_t>;

    boost::asio::any_io_executor executor_;
    std::map<Key, std::shared_ptr<Pending>> pending_; // shared: with the coroutine that waits
};

/// For a call that cannot be sent.
Error not_connected(std::string const& event);

} // namespace learning_loop::socketio
