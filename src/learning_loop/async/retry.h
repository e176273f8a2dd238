#pragma once

#include <chrono>

namespace learning_loop {

/// Waits that grow: each is drawn between half of and the whole step, and the step doubles up to `longest`. The draw
/// keeps a fleet that lost its Loop at one moment from coming back at one moment.
class Backoff {
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
        : first_(first), longest_(longest), step_(first)
    {}

    /// How long to wait before the next try; never less than the server `asked` for (Retry-After).
    std::chrono::milliseconds next(std::chrono::milliseconds asked = {});
    void reset() { step_ = first_; }

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds step_;
};

} // namespace learning_loop
