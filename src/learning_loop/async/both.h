#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <exception>
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

/// The same for two that answer nothing.
inline Task<> both(Task<> first, Task<> second)
{
    namespace asio = boost::asio;
    auto const executor = co_await asio::this_coro::executor;
    auto group = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(first), asio::deferred),
                                                         asio::co_spawn(executor, std::move(second), asio::deferred));
    auto const ended = co_await group.async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
    std::array const failures{std::get<1>(ended), std::get<2>(ended)};
    for (auto const which : std::get<0>(ended)) { // that of the one that ended first
        if (failures[which]) std::rethrow_exception(failures[which]);
    }
}

} // namespace learning_loop
