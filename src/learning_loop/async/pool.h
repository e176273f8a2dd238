#pragma once

#include "learning_loop/async/report.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/base/log.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

namespace learning_loop {

/// A named place for work that blocks and whose order does not matter: some threads and a bounded queue. A job must own
/// its inputs, or the coroutine that waits for it must, and return a `Result`; what it throws reaches the coroutine
/// that waits for it. The destructor waits until all queued jobs have run.
class Pool {
public:
    Pool(std::string name, unsigned threads, int max_waiting)
        : name_(std::move(name)), max_waiting_(max_waiting), threads_(threads)
    {}
    Pool(Pool const&) = delete;
    Pool& operator=(Pool const&) = delete;
    ~Pool() { threads_.join(); }

    /// Waits for `job()` without blocking the io thread. A job cannot be cancelled: a caller that is cancelled goes on
    /// waiting until the job is done. Callers must give the job a name before the `co_await` (docs/traps.md, 1).
    /// Errors: unavailable if the queue is full.
    template <class Job, class Answer = std::invoke_result_t<Job&>>
    Task<Answer> run(Job job)
    {
        if (waiting_ >= max_waiting_) co_return Error{Errc::unavailable, name_ + " is busy: try again later"};
        ++waiting_;
        about_to_wait_for(name_);
        auto start = Start{threads_.get_executor()};
        auto [failure, answer] =
            co_await boost::asio::async_initiate<decltype(as_tuple), void(std::exception_ptr, std::optional<Answer>)>(
                start, as_tuple, std::move(job));
        --waiting_;
        if (failure) std::rethrow_exception(failure);
        co_return std::move(*answer);
    }

    /// Runs `job()` some time after those that wait already. Nobody learns what became of it: it must not throw.
    template <class Job>
    void post(Job job)
    {
        ++waiting_;
        auto run = [this, job = std::move(job)]() mutable {
            job();
            --waiting_;
        };
        boost::asio::post(threads_, std::move(run));
    }

    /// The number of jobs that wait or run.
    int waiting() const { return waiting_; }

private:
    static constexpr auto as_tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

    struct Start {
        boost::asio::thread_pool::executor_type threads;

        template <class Handler, class Job>
        void operator()(Handler handler, Job job)
        {
            auto work = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
            auto run = [handler = std::move(handler), work = std::move(work), job = std::move(job),
                        request_id = std::string(log::request_id())]() mutable {
                std::exception_ptr failure;
                std::optional<std::invoke_result_t<Job&>> answer;
                log::set_request_id(request_id);
                try {
                    answer.emplace(job());
                } catch (...) {
                    failure = std::current_exception();
                }
                log::set_request_id({});
                auto resume = [handler = std::move(handler), failure, answer = std::move(answer)]() mutable {
                    std::move(handler)(failure, std::move(answer));
                };
                boost::asio::dispatch(work.get_executor(), std::move(resume));
            };
            boost::asio::post(threads, std::move(run));
        }
    };

    std::string line() const { return waiting_ == 0 ? "" : name_ + ": " + std::to_string(waiting_) + " jobs"; }

    std::string name_;
    int max_waiting_;
    std::atomic<int> waiting_ = 0;
    ReportEntry in_report_{[this] { return line(); }};
    boost::asio::thread_pool threads_;
};

/// A Pool of one thread: its jobs run one after another, in the order they came. For what is not thread safe.
class Lane : public Pool {
public:
    static constexpr int unbounded = std::numeric_limits<int>::max(); ///< For callers that limit their jobs themselves.

    explicit Lane(std::string name, int max_waiting = 1000) : Pool(std::move(name), 1, max_waiting) {}
};

} // namespace learning_loop
