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

/// The bytes of one connection, under deadlines. Nothing is timed by itself: somebody calls `check` a few times a
/// second, which is far cheaper than a timer for every read and write.
class Wire {
public:
    using Clock = std::chrono::steady_clock;

    /// What the connection is at, and so which deadline holds.
    enum class Phase { handshake, idle, head, body, handler, answer, lingering, given_away };

    Wire(Stream stream, Deadlines const& deadlines);

    void enter(Phase phase);
    Phase phase() const { return phase_; }
    Clock::time_point since() const { return since_; } ///< When the phase began.
    bool late() const { return late_; }                ///< A deadline has passed: what runs was ended.

    /// Ends what runs when its deadline has passed.
    void check(Clock::time_point now);
    void close();

    /// The TLS handshake, where there is TLS.
    Task<> shake_hands();

    /// Reads some bytes into `into`. Throws boost::system::system_error when the client left or a deadline passed.
    Task<std::size_t> read_some(boost::asio::mutable_buffer into);

    /// Writes both, in pieces, as fast as the client takes them.
    Task<> write(std::string_view first, std::string_view second = {});

    /// Sends what the system takes without waiting for the client; may be nothing, and over TLS is.
    std::size_t write_at_once(std::string_view bytes);

    /// What was read but belongs to what comes next.
    boost::beast::flat_buffer& buffer() { return buffer_; }
    Stream& stream() { return stream_; }

    /// The stream, for who speaks another protocol over it from now on. The wire is of no more use.
    Stream give_away();

    /// Ends the connection so that the client sees the last answer whole. One over TLS is told that nothing is missing.
    /// One that still sends what was refused would, if we closed at once, be reset and never see why: so its bytes are
    /// dropped for a while.
    Task<> linger(bool client_sends);

private:
    class Waiting;

    bool is_late(Clock::time_point now) const;
    void moved(std::size_t bytes);

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
