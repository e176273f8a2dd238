#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/async/task.h"
#include "learning_loop/node/loop_connection.h"
#include "learning_loop/node/problems.h"

#include <chrono>
#include <functional>
#include <string>

namespace learning_loop {

struct StatusReportOptions {
    std::string event; ///< That tells the Loop, as `update_annotation_node`.
    std::chrono::milliseconds timeout{10'000};
    std::chrono::milliseconds cycle{5000}; ///< After a report that was taken; after others longer and longer.
};

/// Tells the Loop how the node is: every cycle, at once over a new connection, and when `tell_now` says so.
/// Anything but an ack with success renews the connection and is the problem `report`. To be used on the io thread.
class StatusReports {
public:
    /// `status` is called on the io thread and returns the event's arguments.
    StatusReports(boost::asio::any_io_executor executor, LoopConnection& connection, Problems& problems,
                  StatusReportOptions options, std::function<socketio::Arguments()> status);

    Task<> run(); ///< Until it is cancelled.

    void tell_now() { pause_.wake(); }

private:
    Task<std::chrono::milliseconds> report();
    void refuse(std::string why);

    LoopConnection& connection_;
    Problems& problems_;
    StatusReportOptions options_;
    std::function<socketio::Arguments()> status_;
    Backoff backoff_;
    bool is_refused_ = false; ///< The last one was: a new connection is no reason to tell it at once.
    Pause pause_;
};

} // namespace learning_loop
