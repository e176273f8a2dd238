#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/server/deadlines.h"
#include "learning_loop/http/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <chrono>
#include <string_view>

namespace learning_loop::http {

/// The bytes of one connection, under deadlines. The server calls `check` ten times a second, which is far cheaper than
/// a timer for every read and write.
class Wire {
public:
    using Clock = std::chrono::steady_clock;

    /// What the connection waits for; each has its own deadline.
    enum class Phase { handshake, idle, head, body, handler, answer, lingering, given_away };

    Wire(Stream stream, Deadlines const& deadlines);

    void enter(Phase phase);
    Phase phase() const { return phase_; }
    Clock::time_point since() const { return since_; } ///< When the phase began.
    bool late() const { return late_; }                ///< A deadline has passed, and what ran was ended.

    /// Ends the read or write that runs if its deadline has passed.
    void check(Clock::time_point now);
    void close();

    /// Makes the TLS handshake, if the connection has TLS.
    Task<> shake_hands();

    /// Reads some bytes. Throws boost::system::system_error if the client has left or a deadline has passed.
    Task<std::size_t> read_some(boost::asio::mutable_buffer into);

    /// Writes both texts as fast as the client takes them. Throws as `read_some` does.
    Task<> write(std::string_view first, std::string_view second = {});

    /// Sends what the system takes without waiting for the client. Returns how much that is: maybe nothing, and over
    /// TLS always nothing.
    std::size_t write_at_once(std::string_view bytes);

    /// What was read already of what comes next.
    boost::beast::flat_buffer& buffer() { return buffer_; }
    Stream& stream() { return stream_; }

    /// Hands the stream over, for another protocol. The wire must not be used any more.
    Stream give_away();

    /// Ends the connection so that the client sees the whole last answer. Over TLS it is told that nothing is missing.
    /// If it still sends a body that was refused, closing at once would reset the connection and the client would not
    /// see why: so its bytes are read and dropped for a while.
    Task<> linger(bool client_sends);

private:
    class Waiting;

    bool is_late(Clock::time_point now) const;
    void count_moved(std::size_t bytes);

    Stream stream_;
    Deadlines const& deadlines_;
    boost::beast::flat_buffer buffer_;
    Phase phase_ = Phase::idle;
    Clock::time_point since_;
    Clock::time_point last_move_;
    std::size_t moved_bytes_ = 0;
    bool waits_ = false;
    bool late_ = false;
};

} // namespace learning_loop::http
