#include "process_fixture.h"

#include "support/eventually.h"
#include "support/guard_of_tests.h"

#include <boost/describe/enum_to_string.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace learning_loop::test {
namespace {

namespace fs = std::filesystem;

/// The numbers of the processes whose file of that name in /proc is as asked for.
std::vector<pid_t> processes_with(std::string const& file, std::function<bool(std::string const&)> const& is_one)
{
    std::vector<pid_t> found;
    std::error_code gone;
    for (fs::directory_iterator entry("/proc", gone), end; entry != end; entry.increment(gone)) {
        auto const name = entry->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        if (is_one(bytes_of(entry->path() / file))) found.push_back(std::stoi(name));
    }
    return found;
}

Task<Result<void>> start_it(GuardedProcess& process, Command command)
{
    return process.start(std::move(command));
}

} // namespace

std::vector<pid_t> processes_marked(std::string const& mark)
{
    return processes_with("environ", [&](std::string const& text) { return text.find(mark) != std::string::npos; });
}

std::vector<pid_t> zombies()
{
    auto const state_and_parent = ") Z " + std::to_string(::getpid()) + " ";
    return processes_with("stat",
                          [&](std::string const& text) { return text.find(state_and_parent) != std::string::npos; });
}

Command ProcessFixture::command(std::vector<std::string> arguments) const
{
    return {std::move(arguments), {{"LL_TEST_MARK", folder.path().string()}}};
}

Command ProcessFixture::shell(std::string script) const
{
    return command({"sh", "-c", std::move(script)});
}

std::unique_ptr<GuardedProcess> ProcessFixture::started(Command command)
{
    return started(std::move(command), place());
}

std::unique_ptr<GuardedProcess> ProcessFixture::started(Command command, ProcessPlace where)
{
    auto process = std::make_unique<GuardedProcess>(io.executor(), std::move(where));
    io.run(start_it(*process, std::move(command))).value();
    return process;
}

ProcessEnd ProcessFixture::end_of(GuardedProcess& process)
{
    return io.run(process.wait());
}

ProcessEnd ProcessFixture::run_to_end(Command command)
{
    auto const process = started(std::move(command));
    return end_of(*process);
}

std::string ProcessFixture::refusal(Command command)
{
    GuardedProcess process(io.executor(), place());
    auto const start = io.run(process.start(std::move(command)));
    if (start) {
        end_of(process);
        return "none";
    }
    return std::string(boost::describe::enum_to_string(start.error().code, "")) + ": " + start.error().message;
}

bool ProcessFixture::appears(std::string const& file) const
{
    return eventually([&] { return bytes_of(folder / file).ends_with('\n'); });
}

pid_t ProcessFixture::pid_in(std::string const& file) const
{
    return appears(file) ? std::stoi(bytes_of(folder / file)) : -1;
}

OtherNode::OtherNode(ProcessFixture const& fixture, Command const& command, ProcessPlace const& place)
    : process_(::fork())
{
    if (process_ != 0) {
        ::setpgid(process_, process_);
        return;
    }
    ::setpgid(0, 0);
    ::setenv("LL_TEST_MARK", fixture.folder.path().c_str(), 1);
    Io io;
    GuardedProcess process(io.executor(), place);
    if (!io.run(process.start(command))) ::_exit(1);
    for (;;) ::pause();
}

void OtherNode::kill(int signal)
{
    if (process_ <= 0) return;
    ::kill(-process_, signal);
    ::waitpid(std::exchange(process_, 0), nullptr, 0);
}

} // namespace learning_loop::test
