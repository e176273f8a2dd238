#include "learning_loop/trainer/process/impl/start_program.h"

#include "learning_loop/base/descriptor.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace learning_loop {
namespace {

bool is_child_of(pid_t guard)
{
    return ::getppid() == guard;
}

void set_default_signals()
{
    sigset_t none{};
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// In the child. Returns only if that fails. May do all that a process may do: a guard has one thread.
StartFailure become_program(GuardTask const& task, int log)
{
    set_default_signals();
    if (::dup2(log, STDOUT_FILENO) < 0 || ::dup2(log, STDERR_FILENO) < 0) return {StartStep::log, errno};
    // What the guard holds says so already. This is for what libraries may hold; an older kernel knows it not.
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    if (::chdir(task.place.folder.c_str()) != 0) return {StartStep::folder, errno};
    for (auto const& [name, value] : task.command.environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> arguments = task.command.arguments;
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    ::execvp(pointers.front(), pointers.data());
    return {StartStep::program, errno};
}

[[noreturn]] void run_child(GuardTask const& task, int log, int failures, pid_t guard)
{
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!is_child_of(guard)) ::_exit(1); // it died before this could be asked for
    auto const failure = become_program(task, log);
    [[maybe_unused]] auto const written = ::write(failures, &failure, sizeof failure);
    ::_exit(1);
}

} // namespace

StartedProgram start_program(GuardTask const& task, int log)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {0, StartFailure{StartStep::process, errno}};
    Descriptor const failures(ends[0]);
    Descriptor mine(ends[1]);
    auto const guard = ::getpid();
    auto const process = ::fork();
    if (process < 0) return {0, StartFailure{StartStep::process, errno}};
    if (process == 0) run_child(task, log, mine.get(), guard);
    ::setpgid(process, process); // as the child itself does: whichever comes first
    mine = Descriptor();
    StartFailure failure{};
    // The end of the pipe that the child holds is closed when the program takes its place.
    if (::read(failures.get(), &failure, sizeof failure) != sizeof failure) return {process, {}};
    return {process, failure};
}

} // namespace learning_loop
