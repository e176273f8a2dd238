#pragma once

#include <boost/asio/awaitable.hpp>

namespace learning_loop {

/// A function that returns a `Task` runs on the io thread, may suspend and never blocks. A function that returns
/// anything else runs to its end on the thread that calls it.
template <class T = void>
using Task = boost::asio::awaitable<T>;

} // namespace learning_loop
