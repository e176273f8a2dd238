#include "learning_loop/async/retry.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

namespace learning_loop {

std::chrono::milliseconds Backoff::next(std::chrono::milliseconds asked)
{
    static thread_local std::mt19937_64 random{std::random_device{}()};
    auto const step = std::exchange(step_, std::min(max_wait_, step_ * 2));
    auto const min_wait = std::max(step / 2, asked);
    auto const max_wait = min_wait + step / 2; // nodes that were asked to wait equally long must not come back together
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(min_wait.count(), max_wait.count())(random));
}

} // namespace learning_loop
