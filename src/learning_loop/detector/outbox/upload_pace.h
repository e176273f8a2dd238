#pragma once

#include "learning_loop/async/retry.h"

#include <chrono>
#include <cstdint>

namespace learning_loop {

struct UploadOptions {
    std::chrono::milliseconds first_wait{2000}; ///< After a failure; the half of it at least, later ones are longer.
    std::chrono::milliseconds max_wait{60'000};
    std::chrono::milliseconds time_of_batch{4000};     ///< That one should take.
    std::chrono::milliseconds wait_for_clock{120'000}; ///< For one that is not set to be set, after a start.
    int max_at_once = 4;                               ///< Uploads.
};

/// How much is sent at once, learned from the uploads so far. A batch is as long as the link carries in a few seconds:
/// then little is sent twice if it breaks off, and an image of priority does not wait long. If the link is long, it
/// takes several uploads at once to fill it: their number grows as long as they are quick, shrinks if they take longer
/// than they should, and falls to one with a failure. After a failure all wait. Has no thread and no clock.
class UploadPace {
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::uint64_t min_batch_bytes = 256u << 10;
    static constexpr std::uint64_t max_batch_bytes = 16u << 20;

    explicit UploadPace(UploadOptions const& options);

    std::uint64_t batch_bytes() const { return batch_bytes_; }
    int at_once() const { return at_once_; }
    Time not_before() const { return not_before_; }

    /// A batch of that many bytes was acknowledged; it was sent from `begun` on.
    void succeeded(std::uint64_t bytes, Time begun, Time now);

    /// The Loop did not answer, or cannot take images now, and asks for that wait. Uploads that were under way together
    /// fail together: they count once.
    void failed(Time begun, Time now, std::chrono::milliseconds asked_wait);

    /// The Loop takes no request of so many bytes.
    void too_large(std::uint64_t bytes);

    void try_at_once(); ///< Somebody wants it: without the wait that is left.

private:
    UploadOptions options_;
    Backoff backoff_;
    std::uint64_t batch_bytes_;
    std::uint64_t largest_ = max_batch_bytes; ///< That the Loop takes.
    int at_once_ = 1;
    Time last_failure_ = Time::min();
    Time not_before_ = Time::min();
};

} // namespace learning_loop
