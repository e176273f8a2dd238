#include "learning_loop/async/task_group.h"

#include "learning_loop/base/log.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cassert>

namespace learning_loop {
namespace asio = boost::asio;

namespace {

std::string line_of(RunningTask const& task)
{
    auto const for_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - task.since);
    auto line = task.name + (task.waits_for.empty() ? ": waits" : ": waits for " + task.waits_for);
    if (!task.request_id.empty()) line += ", request " + task.request_id;
    return line + ", since " + std::to_string(for_ms.count()) + " ms";
}

} // namespace

TaskGroup::Child::Child(std::string name)
    : task(std::make_shared<RunningTask>()), in_report([task = task.get()] { return line_of(*task); })
{
    task->name = std::move(name);
}

TaskGroup::TaskGroup(asio::any_io_executor executor, std::function<void()> on_failure)
    : executor_(executor), on_failure_(std::move(on_failure)), empty_(executor, asio::steady_timer::time_point::max())
{}

TaskGroup::~TaskGroup()
{
    assert(children_.empty() && "a TaskGroup died with children: cancel and join it first");
}

bool TaskGroup::spawn(std::string name, Task<> task)
{
    if (cancelled_) return false;
    auto const child = children_.emplace(children_.end(), std::move(name));
    auto at_end = [this, child](std::exception_ptr failure) { remove(child, failure); };
    asio::co_spawn(executor_for(executor_, child->task), std::move(task),
                   asio::bind_cancellation_slot(child->stop.slot(), std::move(at_end)));
    return true;
}

void TaskGroup::cancel()
{
    cancelled_ = true;
    // A child may end at once, and leave the list.
    for (auto child = children_.begin(); child != children_.end();)
        (child++)->stop.emit(asio::cancellation_type::terminal);
}

Task<> TaskGroup::join()
{
    co_await asio::this_coro::reset_cancellation_state(
        asio::disable_cancellation()); // a join that gave up would leave children behind
    while (!children_.empty()) co_await empty_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void TaskGroup::remove(Children::iterator child, std::exception_ptr const& failure)
{
    bool failed = failure != nullptr;
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (boost::system::system_error const& error) {
        failed = error.code() != asio::error::operation_aborted;
        if (failed) log::error("{}: {}", child->task->name, error.what());
    } catch (std::exception const& error) {
        log::error("{}: {}", child->task->name, error.what());
    }
    children_.erase(child);
    if (children_.empty()) empty_.cancel();
    if (failed && on_failure_) on_failure_();
}

} // namespace learning_loop
