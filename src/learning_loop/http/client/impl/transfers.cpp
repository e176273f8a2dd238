#include "learning_loop/http/client/impl/transfers.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/http/client/impl/cookie_share.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t max_waiting = 1000;
constexpr int max_poll_ms = 60'000; // each call and each cancellation ends a poll

std::exception_ptr aborted()
{
    return std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
}

/// Signals must reach the io thread only.
void block_signals()
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// A transfer and the task that waits for it.
struct Job {
    Job(ClientOptions const& options, CURLSH* cookies, TransferRequest request)
        : transfer(options, cookies, std::move(request))
    {}

    Transfer transfer;
    std::function<void(std::exception_ptr, std::optional<Outcome>)> done;
    std::atomic<bool> is_cancelled = false;

    void finish(std::exception_ptr failure, std::optional<Outcome> outcome)
    {
        auto const tell = std::exchange(done, nullptr);
        tell(std::move(failure), std::move(outcome));
    }
};
using JobPointer = std::shared_ptr<Job>; // shared: by the thread and by the cancellation slot of the task

} // namespace

/// What the thread works on. Only the thread may use it, but for `add`, `cancel` and `end`.
struct Transfers::Work {
    explicit Work(int max_at_once_)
        : max_at_once(static_cast<std::size_t>(max_at_once_)), multi(curl_multi_init(), curl_multi_cleanup)
    {
        if (!multi) throw std::runtime_error("libcurl could not be started");
        curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(max_at_once_));
    }

    void add(JobPointer job)
    {
        ++count;
        {
            std::lock_guard const lock(guard);
            arrived.push_back(std::move(job));
        }
        curl_multi_wakeup(multi.get());
    }

    void cancel(Job& job)
    {
        job.is_cancelled = true;
        curl_multi_wakeup(multi.get());
    }

    void end()
    {
        is_ending = true;
        curl_multi_wakeup(multi.get());
    }

    void run();
    void take_arrived();
    void drop_cancelled();
    void start_waiting();
    void start(JobPointer const& job);
    void finish_done();
    void drop_all();
    void finish(JobPointer const& job, std::exception_ptr failure, std::optional<Outcome> outcome)
    {
        job->transfer.abandon();
        --count;
        job->finish(std::move(failure), std::move(outcome));
    }

    std::size_t max_at_once;
    CookieShare cookies;
    std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi;
    std::atomic<bool> is_ending = false;
    std::atomic<std::size_t> count = 0; ///< Jobs that wait or run.

    std::mutex guard; ///< Of `arrived`.
    std::vector<JobPointer> arrived;

    std::deque<JobPointer> waiting;
    std::unordered_map<CURL*, JobPointer> running;
};

void Transfers::Work::run()
{
    while (!is_ending) {
        take_arrived();
        drop_cancelled();
        start_waiting();
        int still_running = 0;
        curl_multi_perform(multi.get(), &still_running);
        finish_done();
        bool const one_can_start = !waiting.empty() && running.size() < max_at_once;
        if (!one_can_start) curl_multi_poll(multi.get(), nullptr, 0, max_poll_ms, nullptr);
    }
    drop_all();
}

void Transfers::Work::take_arrived()
{
    std::lock_guard const lock(guard);
    waiting.insert(waiting.end(), arrived.begin(), arrived.end());
    arrived.clear();
}

void Transfers::Work::drop_cancelled()
{
    for (auto at = running.begin(); at != running.end();) {
        auto const [handle, job] = *at;
        if (!job->is_cancelled) {
            ++at;
            continue;
        }
        at = running.erase(at);
        curl_multi_remove_handle(multi.get(), handle); // closes its connection
        finish(job, aborted(), {});
    }
    auto const dropped =
        std::stable_partition(waiting.begin(), waiting.end(), [](auto const& job) { return !job->is_cancelled; });
    std::for_each(dropped, waiting.end(), [this](auto const& job) { finish(job, aborted(), {}); });
    waiting.erase(dropped, waiting.end());
}

void Transfers::Work::start_waiting()
{
    while (!waiting.empty() && running.size() < max_at_once) {
        auto const job = waiting.front();
        waiting.pop_front();
        start(job);
    }
}

void Transfers::Work::start(JobPointer const& job)
{
    try {
        auto const handle = job->transfer.begin();
        if (!handle) return finish(job, nullptr, Outcome{handle.error()});
        if (auto const code = curl_multi_add_handle(multi.get(), *handle); code != CURLM_OK)
            throw std::runtime_error(curl_multi_strerror(code));
        running.emplace(*handle, job);
    } catch (...) { // thrown again in the task that waits
        finish(job, std::current_exception(), {});
    }
}

void Transfers::Work::finish_done()
{
    int left = 0;
    while (auto const* message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        auto* const handle = message->easy_handle;
        auto const code = message->data.result;
        auto const job = running.at(handle);
        running.erase(handle);
        job->transfer.keep_connection();
        curl_multi_remove_handle(multi.get(), handle);
        try {
            auto outcome = job->transfer.end(code);
            finish(job, nullptr, std::move(outcome));
        } catch (...) { // thrown again in the task that waits
            finish(job, std::current_exception(), {});
        }
    }
}

void Transfers::Work::drop_all()
{
    take_arrived();
    for (auto const& [handle, job] : running) {
        curl_multi_remove_handle(multi.get(), handle); // closes its connection
        finish(job, aborted(), {});
    }
    for (auto const& job : waiting) finish(job, aborted(), {});
    running.clear();
    waiting.clear();
}

/// Hands a job to the thread, and its outcome back to the executor of the task.
struct Transfers::Start {
    std::shared_ptr<Work> work;

    template <class Handler>
    void operator()(Handler handler, JobPointer job)
    {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto guard = asio::make_work_guard(asio::get_associated_executor(handler));
        auto waits = std::make_shared<Handler>(std::move(handler)); // shared: a std::function must be copyable
        job->done = [waits, guard, slot](std::exception_ptr failure, std::optional<Outcome> outcome) mutable {
            auto resume = [waits = std::move(waits), slot, failure, outcome = std::move(outcome)]() mutable {
                if (slot.is_connected()) slot.clear();
                auto task = std::move(*waits);
                std::move(task)(failure, std::move(outcome));
            };
            asio::dispatch(guard.get_executor(), std::move(resume));
        };
        if (slot.is_connected()) slot.assign([work = work, job](asio::cancellation_type) { work->cancel(*job); });
        work->add(std::move(job));
    }
};

Transfers::Transfers(ClientOptions const& options)
    : options_(options),
      work_(std::make_shared<Work>(options.max_at_once)),
      in_report_([this] { return line(); }),
      thread_([work = work_] {
          block_signals();
          work->run();
      })
{}

Transfers::~Transfers()
{
    work_->end();
    thread_.join();
}

std::string Transfers::line() const
{
    auto const count = work_->count.load();
    return count == 0 ? "" : "transfers with " + options_.base_url + ": " + std::to_string(count);
}

Task<Outcome> Transfers::run(TransferRequest request)
{
    if (work_->count >= max_waiting)
        co_return Outcome{Error{Errc::unavailable, request.where() + ": too many transfers wait already"}, false};
    about_to_wait_for(request.where());
    auto job = std::make_shared<Job>(options_, work_->cookies.get(), std::move(request));
    auto start = Start{work_};
    constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
    auto [failure, outcome] =
        co_await asio::async_initiate<decltype(as_tuple), void(std::exception_ptr, std::optional<Outcome>)>(
            start, as_tuple, std::move(job));
    if (failure) std::rethrow_exception(failure);
    co_return std::move(*outcome);
}

std::string Transfers::cookies_for(std::string_view url) const
{
    return work_->cookies.header_for(url);
}

} // namespace learning_loop::http
