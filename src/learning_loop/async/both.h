#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <utility>

namespace learning_loop {

/// Runs two tasks beside each other and waits for both. If one of them throws, the other is cancelled.
template <class T>
Task<std::pair<T, T>> both(Task<T> first, Task<T> second)
{
    using namespace boost::asio::experimental::awaitable_operators;
    auto answers = co_await (std::move(first) && std::move(second));
    co_return std::pair<T, T>(std::move(std::get<0>(answers)), std::move(std::get<1>(answers)));
}

} // namespace learning_loop
