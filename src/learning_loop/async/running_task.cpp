#include "learning_loop/async/running_task.h"

#include "learning_loop/base/log.h"

namespace learning_loop {
namespace {

thread_local RunningTask* current = nullptr;

using IoExecutor = boost::asio::io_context::executor_type;

} // namespace

RunningTask* current_task()
{
    return current;
}

void about_to_wait_for(std::string_view what)
{
    if (current) current->waits_for = what;
}

void begin_request(std::string_view id)
{
    if (!current) return;
    current->request_id = id;
    log::set_request_id(current->request_id);
}

Resumed::Resumed(RunningTask& task) : task_(task), before_(std::exchange(current, &task))
{
    log::set_request_id(task.request_id);
}

Resumed::~Resumed()
{
    task_.since = std::chrono::steady_clock::now();
    current = before_;
    log::set_request_id(before_ ? std::string_view(before_->request_id) : std::string_view());
}

boost::asio::any_io_executor executor_for(boost::asio::any_io_executor const& executor,
                                          std::shared_ptr<RunningTask> task)
{
    if (auto const* plain = executor.target<IoExecutor>()) return TaskExecutor<IoExecutor>(*plain, std::move(task));
    if (auto const* outer = executor.target<TaskExecutor<IoExecutor>>())
        return TaskExecutor<IoExecutor>(outer->inner(), std::move(task));
    return executor; // of another kind: the task runs all the same, but is not told in the log
}

} // namespace learning_loop
