#pragma once

#include "learning_loop/async/task.h"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace learning_loop::test {

/// The io thread of a test: runs coroutines to their end and fails when they do not end.
class Io {
public:
    Io() = default;
    explicit Io(boost::asio::any_io_executor const& executor); ///< Of an io_context that nobody else runs: a Runner's.
    Io(Io const&) = delete;
    Io& operator=(Io const&) = delete;

    boost::asio::any_io_executor executor() { return io_.get_executor(); }

    /// What it throws reaches the caller. Throws, too, when the task does not end within 20 s or waits for what nobody
    /// will do.
    void run(Task<> task);

    template <class T>
    T run(Task<T> task)
    {
        std::optional<T> answer;
        run(stored(std::move(task), answer));
        return std::move(*answer);
    }

    /// Lets what was spawned go on until the condition holds; false when it does not within 20 s.
    bool run_until(std::function<bool()> const& condition);

private:
    template <class T>
    static Task<> stored(Task<T> task, std::optional<T>& answer)
    {
        answer.emplace(co_await std::move(task));
    }

    boost::asio::io_context own_{1};
    boost::asio::io_context& io_ = own_;
};

/// One coroutine, run to its end.
template <class T>
T run(Task<T> task)
{
    static Io io; // the thread of a lane may still hold it when the coroutine that waited for the lane has ended
    return io.run(std::move(task));
}

} // namespace learning_loop::test
