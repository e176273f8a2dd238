#include "learning_loop/node/status_reports.h"

#include "learning_loop/async/holds_within.h"
#include "learning_loop/base/text.h"

#include <utility>

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds max_wait{60'000};
constexpr auto* report_step = "report";

} // namespace

StatusReports::StatusReports(boost::asio::any_io_executor executor, LoopConnection& connection, Problems& problems,
                             StatusReportOptions options, std::function<socketio::Arguments()> status)
    : connection_(connection),
      problems_(problems),
      options_(std::move(options)),
      status_(std::move(status)),
      backoff_(options_.cycle, max_wait),
      pause_(std::move(executor))
{
    connection_.on_connect([this] {
        if (!is_refused_) pause_.wake();
    });
}

Task<> StatusReports::run()
{
    for (;;) {
        auto const wait = co_await report();
        co_await pause_.sleep(wait);
    }
}

void StatusReports::tell_now()
{
    if (!connection_.is_connected()) return; // a new connection begins with a report
    waiting_.push_back(status_());
    if (waiting_.size() > max_waiting) waiting_.pop_front();
    pause_.wake();
}

socketio::Arguments StatusReports::take_next()
{
    if (waiting_.empty()) return status_();
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
}

Task<bool> StatusReports::tell(std::chrono::milliseconds limit)
{
    if (!connection_.is_connected()) co_return false;
    tell_now();
    auto const last = begun_ + waiting_.size();
    auto is_told = [this, last] { return taken_ >= last || !connection_.is_connected(); };
    (void)co_await holds_within(std::move(is_told), limit);
    co_return taken_ >= last;
}

/// Returns how long to wait before the next one.
Task<std::chrono::milliseconds> StatusReports::report()
{
    if (!connection_.is_connected()) { // which is told as the connection's problem
        if (!is_refused_) problems_.set(report_step, std::nullopt);
        waiting_.clear();
        co_return options_.cycle;
    }
    auto const number = ++begun_;
    auto const ack = co_await connection_.call(options_.event, take_next(), options_.timeout);
    if (!ack && !connection_.is_connected()) {
        waiting_.clear();
        co_return options_.cycle;
    }
    if (ack && ack->success) {
        problems_.set(report_step, std::nullopt);
        backoff_.reset();
        taken_ = number;
        is_refused_ = false;
        co_return waiting_.empty() ? options_.cycle : std::chrono::milliseconds(0);
    }
    refuse(ack ? printable(ack->error_msg.value_or("the Loop tells no reason")) : ack.error().message);
    co_return backoff_.next();
}

void StatusReports::refuse(std::string why)
{
    auto const problem = "the Loop does not take the node's report: " + why;
    problems_.set(report_step, problem);
    is_refused_ = true;
    waiting_.clear();
    connection_.renew(problem);
}

} // namespace learning_loop
