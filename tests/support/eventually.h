#pragma once

#include <chrono>
#include <concepts>
#include <thread>

namespace learning_loop::test {

/// Waits until the condition, which other threads bring about, holds; false when it does not within `most`.
template <std::predicate Condition>
bool eventually(Condition const& condition, std::chrono::milliseconds most = std::chrono::seconds(20))
{
    auto const end = std::chrono::steady_clock::now() + most;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace learning_loop::test
