#pragma once

#include "learning_loop/async/retry.h"

#include <chrono>

namespace learning_loop {

struct DownloadPaceOptions {
    int first_at_once = 4;
    int max_at_once = 64;
    std::chrono::milliseconds first_wait{2000}; ///< After a failure; the half of it at least, later ones are longer.
    std::chrono::milliseconds max_wait{60'000};
};

/// How many downloads run at once, learned from those so far: their number grows quickly until the first failure, then
/// by one for each that were answered, and is halved by a failure. After a failure no other begins for a while.
/// Downloads that were under way together fail together: they count as one failure. Has no thread and no clock.
class DownloadPace {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit DownloadPace(DownloadPaceOptions const& options);

    int at_once() const { return static_cast<int>(at_once_); }
    Time not_before() const { return not_before_; }
    int failures_in_a_row() const { return failures_in_a_row_; }

    /// The Loop answered a download that began at `begun`.
    void succeeded(Time begun);

    /// It did not, or had no time, and asks for that wait.
    void failed(Time begun, Time now, std::chrono::milliseconds asked_wait);

private:
    double max_at_once_;
    Backoff backoff_;
    double at_once_;
    double slow_from_; ///< From here on the number grows slowly.
    int failures_in_a_row_ = 0;
    Time last_failure_ = Time::min();
    Time not_before_ = Time::min();
};

} // namespace learning_loop
