#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/async/task.h"
#include "learning_loop/node/loop_connection.h"
#include "learning_loop/node/problems.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

namespace learning_loop {

struct StatusReportOptions {
    std::string event; ///< That tells the Loop, as `update_annotation_node`.
    std::chrono::milliseconds timeout{10'000};
    std::chrono::milliseconds cycle{5000}; ///< After a report that was taken; after others longer and longer.
};

/// Tells the Loop how the node is: every cycle, at once over a new connection, and when `tell_now` says so. What was
/// to be told at once is told in this order, even if it has changed again meanwhile.
/// Anything but an ack with success renews the connection and is the problem `report`. To be used on the io thread.
class StatusReports {
public:
    /// `status` is called on the io thread and returns the event's arguments.
    StatusReports(boost::asio::any_io_executor executor, LoopConnection& connection, Problems& problems,
                  StatusReportOptions options, std::function<socketio::Arguments()> status);

    Task<> run(); ///< Until it is cancelled.

    static constexpr std::size_t max_waiting =
        32; ///< Reports; the oldest are dropped, as all are without a connection.

    void tell_now();

    /// Tells the Loop at once and waits until it has taken that, or cannot be told, but not longer than `limit`.
    /// Whether it has taken it.
    Task<bool> tell(std::chrono::milliseconds limit);

private:
    Task<std::chrono::milliseconds> report();
    socketio::Arguments take_next();
    void refuse(std::string why);

    LoopConnection& connection_;
    Problems& problems_;
    StatusReportOptions options_;
    std::function<socketio::Arguments()> status_;
    Backoff backoff_;
    std::deque<socketio::Arguments> waiting_;
    std::uint64_t begun_ = 0; ///< Reports, until now;
    std::uint64_t taken_ = 0; ///< the last of them that the Loop has taken.
    bool is_refused_ = false; ///< The last one was: a new connection is no reason to tell it at once.
    Pause pause_;
};

} // namespace learning_loop
