#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace learning_loop::test {

/// An io_context with a thread of its own: for a peer that must answer while the test's own io thread is busy.
struct OwnIoThread {
    boost::asio::io_context io{1};

    void start()
    {
        thread_ = std::jthread([this] { io.run(); });
    }

    /// What still runs is dropped where it stands. To be called before what it uses goes.
    void stop()
    {
        io.stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = boost::asio::make_work_guard(io);
    std::jthread thread_;
};

} // namespace learning_loop::test
