#pragma once

#include <chrono>

namespace learning_loop {

/// Waits that grow: each is drawn at random between half of the step and the whole step, and the step doubles up to
/// `max_wait`. Because of the draw, nodes that lost their Loop at the same moment do not all come back at the same
/// moment.
class Backoff {
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max_wait)
        : first_(first), max_wait_(max_wait), step_(first)
    {}

    /// Returns how long to wait before the next try: never less than the server `asked` for (Retry-After).
    std::chrono::milliseconds next(std::chrono::milliseconds asked = {});
    void reset() { step_ = first_; } ///< After a success: the next wait is short again.

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds max_wait_;
    std::chrono::milliseconds step_;
};

} // namespace learning_loop
