#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/base/error.h"
#include "learning_loop/socketio/session.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace learning_loop::socketio {

/// The events of ours, over one connection, that wait for their acks. To be used on the io thread.
class Acks {
public:
    explicit Acks(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Waits for the ack with that id. unavailable: it did not come in time, or the connection was lost.
    Task<Result<Arguments>> wait(std::string nsp, std::uint64_t id, std::string event,
                                 std::chrono::milliseconds timeout);

    void take(Answer answer);          ///< One that nobody waits for any more is dropped.
    void lose();                       ///< The connection is gone: none will come.
    void lose(std::string const& nsp); ///< The namespace was left: none of its events' acks will come.

private:
    struct Pending;
    using Key = std::pair<std::string, std::uint64_t>;

    boost::asio::any_io_executor executor_;
    std::map<Key, std::shared_ptr<Pending>> pending_; // shared: with who waits
};

/// What a call is told that cannot be sent.
Error not_connected(std::string const& event);

} // namespace learning_loop::socketio
