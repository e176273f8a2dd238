#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>
#include <vector>

namespace learning_loop {

/// Runs the tasks beside each other, waits for all of them, and returns their answers in the same order. If some throw,
/// the first one's exception is thrown, once all have ended.
template <class T>
Task<std::vector<T>> all(std::vector<Task<T>> tasks)
{
    namespace asio = boost::asio;
    auto const executor = co_await asio::this_coro::executor;
    using Operation = decltype(asio::co_spawn(executor, std::declval<Task<T>>(), asio::deferred));
    std::vector<Operation> operations;
    operations.reserve(tasks.size());
    for (auto& task : tasks) operations.push_back(asio::co_spawn(executor, std::move(task), asio::deferred));
    if (operations.empty()) co_return std::vector<T>(); // a group of none never ends
    auto group = asio::experimental::make_parallel_group(std::move(operations));
    auto ended = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (auto const& failure : std::get<1>(ended)) {
        if (failure) std::rethrow_exception(failure);
    }
    co_return std::move(std::get<2>(ended));
}

} // namespace learning_loop
