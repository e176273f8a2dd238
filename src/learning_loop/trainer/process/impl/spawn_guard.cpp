#include "learning_loop/trainer/process/impl/spawn_guard.h"

#include "learning_loop/trainer/process/impl/guard_messages.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <vector>

namespace learning_loop {
namespace {

thread_local std::vector<pid_t> to_be_reaped;

void reap_those_that_ended()
{
    std::erase_if(to_be_reaped, [](pid_t guard) { return ::waitpid(guard, nullptr, WNOHANG) != 0; });
}

Error no_room(int number)
{
    return {Errc::unavailable,
            "no process can be started now: " + std::generic_category().message(number) + ": try again later"};
}

/// The same file under a number that is none of those that a guard is born with.
Descriptor moved_up(Descriptor file)
{
    return Descriptor(::fcntl(file.get(), F_DUPFD_CLOEXEC, guard_task + 1));
}

/// In memory. Not open if there is no room for it.
Descriptor file_with(std::string_view text)
{
    Descriptor file(::memfd_create("guard_task", MFD_CLOEXEC));
    while (file.is_open() && !text.empty()) {
        auto const written = ::write(file.get(), text.data(), text.size());
        if (written <= 0) return Descriptor();
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return moved_up(std::move(file));
}

/// What the guard is born with.
class SpawnFiles {
public:
    SpawnFiles(Descriptor const& link, Descriptor const& task)
    {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDWR, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDERR_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, link.get(), guard_link);
        ::posix_spawn_file_actions_adddup2(&actions_, task.get(), guard_task);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, guard_task + 1);
    }
    SpawnFiles(SpawnFiles const&) = delete;
    SpawnFiles& operator=(SpawnFiles const&) = delete;
    ~SpawnFiles() { ::posix_spawn_file_actions_destroy(&actions_); }

    posix_spawn_file_actions_t const* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

/// A session of its own, which no key of a terminal reaches; every signal held back, and handled in the default way.
class SpawnAttributes {
public:
    SpawnAttributes()
    {
        ::posix_spawnattr_init(&attributes_);
        sigset_t all{};
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &all);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    SpawnAttributes(SpawnAttributes const&) = delete;
    SpawnAttributes& operator=(SpawnAttributes const&) = delete;
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }

    posix_spawnattr_t const* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

} // namespace

Result<SpawnedGuard> spawn_guard(GuardTask const& task)
{
    reap_those_that_ended();
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return no_room(errno);
    SpawnedGuard guard{0, Descriptor(ends[0])};
    auto const its_link = moved_up(Descriptor(ends[1]));
    auto const its_task = file_with(text_of_guard_task(task));
    if (!its_link.is_open() || !its_task.is_open()) return no_room(errno);
    SpawnFiles const files(its_link, its_task);
    SpawnAttributes const attributes;
    std::string name = program_invocation_short_name, argument = guard_argument;
    std::array<char*, 3> arguments{name.data(), argument.data(), nullptr};
    // Not by its name: there may be another program under that by now.
    auto const failure =
        ::posix_spawn(&guard.process, "/proc/self/exe", files.get(), attributes.get(), arguments.data(), environ);
    if (failure != 0) return no_room(failure);
    return guard;
}

void reap_guard(pid_t guard)
{
    while (::waitpid(guard, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void reap_guard_later(pid_t guard)
{
    to_be_reaped.push_back(guard);
    reap_those_that_ended();
}

} // namespace learning_loop
