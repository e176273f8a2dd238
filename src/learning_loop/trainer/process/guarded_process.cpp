#include "learning_loop/trainer/process/guarded_process.h"

#include "learning_loop/async/pause.h"
#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/log.h"
#include "learning_loop/trainer/process/guard.h"
#include "learning_loop/trainer/process/impl/children.h"
#include "learning_loop/trainer/process/impl/guard_messages.h"
#include "learning_loop/trainer/process/impl/spawn_guard.h"
#include "learning_loop/trainer/process/impl/start_refusal.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

namespace learning_loop {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr milliseconds longest_grace = std::chrono::hours(24 * 365);

ProcessEnd end_of(int status)
{
    ProcessEnd end;
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    else end.exit_status = WEXITSTATUS(status);
    return end;
}

} // namespace

struct GuardedProcess::State {
    State(asio::any_io_executor executor, ProcessPlace its_place)
        : link(executor), pause(executor), place(std::move(its_place))
    {}
    ~State()
    {
        link.close(ignored); // which the guard takes for the end of this process
        if (guard != 0) reap_guard_later(guard);
    }

    Result<void> spawn(GuardTask const& task)
    {
        auto spawned = spawn_guard(task);
        if (!spawned) return spawned.error();
        guard = spawned->process;
        link.assign(asio::local::stream_protocol(), spawned->link.release());
        return {};
    }

    /// nullopt: the guard has ended, and is reaped.
    Task<std::optional<GuardReport>> next_report()
    {
        GuardReport report;
        auto const into = asio::buffer(&report, sizeof report);
        auto const [failure, got] = co_await asio::async_read(link, into, asio::as_tuple(asio::use_awaitable));
        if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
        if (failure) {
            if (guard != 0) reap_guard(std::exchange(guard, 0));
            co_return std::nullopt;
        }
        if (report.kind == GuardReport::Kind::started) program = report.number;
        if (report.kind == GuardReport::Kind::ended) end = end_of(report.number);
        co_return report;
    }

    /// What a guard does that was killed by itself: its program, too, gets SIGKILL from the system then.
    Task<> kill_group()
    {
        log::error("the guard of a process was killed: its process group {} is killed as well", program);
        if (program == 0) co_return;
        ::kill(-program, SIGKILL);
        // The system kills it; what hangs in a driver is not waited for.
        for (int tries = 0; tries < 50 && is_group_alive(program); ++tries) co_await pause.sleep(milliseconds(20));
    }

    asio::local::stream_protocol::socket link; ///< To the guard.
    Pause pause;
    ProcessPlace place;
    pid_t guard = 0;   ///< 0: none, or it is reaped.
    pid_t program = 0; ///< 0: not known yet.
    std::optional<ProcessEnd> end;
    bool is_stopped = false;
    bool is_over = true;
    boost::system::error_code ignored;
};

bool is_process_left_in(std::filesystem::path const& folder)
{
    Descriptor const lock(::open((folder / process_lock).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    return lock.is_open() && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

GuardedProcess::GuardedProcess(asio::any_io_executor executor, ProcessPlace place)
    : state_(std::make_unique<State>(std::move(executor), std::move(place)))
{}

GuardedProcess::~GuardedProcess() = default;

Task<Result<void>> GuardedProcess::start(Command command)
{
    if (!serves_as_guard())
        co_return Error{Errc::invalid_argument, "no process can be guarded: begin main with run_guard_if_asked"};
    if (auto const checked = check_command(command); !checked) co_return checked.error();
    GuardTask const task{std::move(command), state_->place};
    if (auto const spawned = state_->spawn(task); !spawned) co_return spawned.error();
    state_->is_over = false;
    auto const report = co_await state_->next_report();
    if (report && report->kind == GuardReport::Kind::started) co_return Result<void>();
    state_->is_over = true;
    if (!report) co_return Error{Errc::unavailable, "the guard of a process has died at once: try again later"};
    while (co_await state_->next_report()) {
    } // until it is reaped
    co_return start_refusal(*report, task);
}

bool GuardedProcess::is_running() const
{
    return !state_->is_over;
}

Task<ProcessEnd> GuardedProcess::wait()
{
    while (!state_->is_over) {
        auto const report = co_await state_->next_report();
        if (report) continue;
        if (!state_->end) co_await state_->kill_group();
        state_->is_over = true;
    }
    ProcessEnd end = state_->end.value_or(ProcessEnd{{}, SIGKILL});
    end.was_stopped = state_->is_stopped;
    co_return end;
}

void GuardedProcess::stop(milliseconds grace)
{
    if (state_->is_over) return;
    state_->is_stopped = true;
    StopOrder const order{std::clamp(grace, milliseconds(0), longest_grace).count()};
    ::send(state_->link.native_handle(), &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
}

} // namespace learning_loop
