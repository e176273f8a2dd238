#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace learning_loop {

/// A named place for work that blocks: one thread (or `threads` of them, where order does not matter), jobs in the
/// order they came, a bounded queue. A job owns its inputs and returns a `Result`; what it throws reaches the coroutine
/// that waits for it. The destructor lets the jobs that are queued run to their end.
class Lane {
public:
    explicit Lane(std::string name, int most_waiting = 1000, unsigned threads = 1)
        : name_(std::move(name)), most_waiting_(most_waiting), threads_(threads)
    {}
    Lane(Lane const&) = delete;
    Lane& operator=(Lane const&) = delete;
    ~Lane() { threads_.join(); }

    /// Waits for `job()` without holding up the io thread. unavailable: the queue is full. Being cancelled does not end
    /// a job: the caller gives up only once it is done. Name the job before the `co_await` (docs/traps.md, 1).
    template <class Job, class Answer = std::invoke_result_t<Job&>>
    Task<Answer> run(Job job)
    {
        if (waiting_ >= most_waiting_) co_return Error{Errc::unavailable, name_ + " is busy: try again later"};
        ++waiting_;
        auto start = Start{threads_.get_executor()};
        auto [failure, answer] =
            co_await boost::asio::async_initiate<decltype(as_tuple), void(std::exception_ptr, std::optional<Answer>)>(
                start, as_tuple, std::move(job));
        --waiting_;
        if (failure) std::rethrow_exception(failure);
        co_return std::move(*answer);
    }

    /// Jobs that wait or run.
    int waiting() const { return waiting_; }

private:
    static constexpr auto as_tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

    struct Start {
        boost::asio::thread_pool::executor_type threads;

        template <class Handler, class Job>
        void operator()(Handler handler, Job job)
        {
            auto work = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
            auto run = [handler = std::move(handler), work = std::move(work), job = std::move(job)]() mutable {
                std::exception_ptr failure;
                std::optional<std::invoke_result_t<Job&>> answer;
                try {
                    answer.emplace(job());
                } catch (...) {
                    failure = std::current_exception();
                }
                auto resume = [handler = std::move(handler), failure, answer = std::move(answer)]() mutable {
                    std::move(handler)(failure, std::move(answer));
                };
                boost::asio::dispatch(work.get_executor(), std::move(resume));
            };
            boost::asio::post(threads, std::move(run));
        }
    };

    std::string name_;
    int most_waiting_;
    std::atomic<int> waiting_ = 0;
    boost::asio::thread_pool threads_;
};

/// Several lanes, each with an instance of its own: what is not thread safe runs on all cores. The least loaded lane
/// takes the next job.
template <class Instance>
class Streams {
public:
    Streams(std::string const& name, std::vector<std::unique_ptr<Instance>> instances, int most_waiting_each)
    {
        for (auto& instance : instances)
            streams_.push_back(std::make_unique<Stream>(name, most_waiting_each, std::move(instance)));
    }

    /// Like `Lane::run`, for `job(Instance&)`.
    template <class Job>
    Task<std::invoke_result_t<Job&, Instance&>> run(Job job)
    {
        auto& stream = **std::min_element(streams_.begin(), streams_.end(), [](auto const& a, auto const& b) {
            return a->lane.waiting() < b->lane.waiting();
        });
        auto bound = [job = std::move(job), instance = stream.instance.get()]() mutable { return job(*instance); };
        co_return co_await stream.lane.run(std::move(bound));
    }

private:
    struct Stream {
        Stream(std::string const& name, int most_waiting, std::unique_ptr<Instance> instance_)
            : instance(std::move(instance_)), lane(name, most_waiting)
        {}
        std::unique_ptr<Instance> instance;
        Lane lane; // last: its thread ends before the instance goes
    };
    std::vector<std::unique_ptr<Stream>> streams_;
};

} // namespace learning_loop
