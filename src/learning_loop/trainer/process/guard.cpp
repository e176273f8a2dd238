#include "learning_loop/trainer/process/guard.h"

#include "learning_loop/base/descriptor.h"
#include "learning_loop/trainer/process/impl/children.h"
#include "learning_loop/trainer/process/impl/guard_messages.h"
#include "learning_loop/trainer/process/impl/guard_task.h"
#include "learning_loop/trainer/process/impl/start_program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <utility>

// A guard has one thread, and no signal but SIGKILL ends it. It must not write to a log: the node does.

namespace learning_loop {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How long what a program leaves behind may take to end.
constexpr milliseconds leftover_grace{1000};
/// How often it is tried to kill what does not go, as it hangs in a driver.
constexpr milliseconds kill_again{500};

bool is_served = false;

/// Closes it, too.
std::string read_whole(Descriptor const file)
{
    struct stat found = {};
    ::fstat(file.get(), &found);
    std::string text(static_cast<std::size_t>(found.st_size), '\0');
    auto const got = ::pread(file.get(), text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

class Guard {
public:
    explicit Guard(GuardTask task) : task_(std::move(task)) {}

    int run()
    {
        if (auto const failure = start()) {
            report({GuardReport::Kind::failed, failure->step, failure->number});
            return 1;
        }
        report({GuardReport::Kind::started, StartStep::program, program_});
        while (has_children()) {
            end_what_is_due();
            wait_for_news();
            take_orders();
        }
        report({GuardReport::Kind::ended, StartStep::program, program_end_.value_or(SIGKILL)});
        return 0;
    }

private:
    std::optional<StartFailure> start()
    {
        sigset_t all{};
        ::sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        sigset_t of_children{};
        ::sigemptyset(&of_children);
        ::sigaddset(&of_children, SIGCHLD);
        child_signals_ = Descriptor(::signalfd(-1, &of_children, SFD_CLOEXEC | SFD_NONBLOCK));
        if (!child_signals_.is_open() || ::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
            return StartFailure{StartStep::process, errno};
        if (auto const failure = lock()) return failure;
        Descriptor const log(::open(task_.place.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
        if (!log.is_open()) return StartFailure{StartStep::log, errno};
        if (node_has_died()) return StartFailure{StartStep::process, ECANCELED};
        auto const started = start_program(task_, log.get());
        program_ = started.process;
        return started.failure;
    }

    bool node_has_died() const
    {
        char byte = 0;
        return ::recv(link_.get(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) == 0;
    }

    std::optional<StartFailure> lock()
    {
        auto const file = task_.place.folder / process_lock;
        lock_ = Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!lock_.is_open()) return StartFailure{StartStep::folder, errno};
        if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) return StartFailure{StartStep::lock, errno};
        return {};
    }

    /// Reaps those that have ended.
    bool has_children()
    {
        for (;;) {
            int status = 0;
            auto const ended = ::waitpid(-1, &status, WNOHANG);
            if (ended == 0) return true;
            if (ended < 0) return false;
            if (ended == program_) program_end_ = status;
        }
    }

    void end_what_is_due()
    {
        if (program_end_ && !std::exchange(leftovers_are_told_, true)) {
            signal_children(SIGTERM, is_stopped_ ? program_ : 0); // of the group, all have been told by then
            if (!is_stopped_) kill_at_ = Clock::now() + leftover_grace;
        }
        if (Clock::now() >= kill_at_) signal_children(SIGKILL);
    }

    void wait_for_news()
    {
        std::array<pollfd, 2> sources{pollfd{child_signals_.get(), POLLIN, 0}, pollfd{link_.get(), POLLIN, 0}};
        ::poll(sources.data(), sources.size(), patience_ms());
        signalfd_siginfo ignored{};
        while (::read(child_signals_.get(), &ignored, sizeof ignored) > 0) {
        }
    }

    int patience_ms() const
    {
        if (kill_at_ == Clock::time_point::max()) return -1;
        auto const left = std::chrono::ceil<milliseconds>(kill_at_ - Clock::now());
        constexpr milliseconds longest = std::chrono::hours(1);
        return static_cast<int>((left.count() > 0 ? std::min(left, longest) : kill_again).count());
    }

    void take_orders()
    {
        StopOrder order{};
        while (link_.is_open()) {
            auto const got = ::recv(link_.get(), &order, sizeof order, MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
            if (got != sizeof order) { // the node has died
                link_ = Descriptor();
                return stop(task_.place.grace_if_orphaned);
            }
            stop(milliseconds(order.grace_ms));
        }
    }

    void stop(milliseconds grace)
    {
        kill_at_ = std::min(kill_at_, Clock::now() + grace);
        if (std::exchange(is_stopped_, true) || program_end_) return;
        ::kill(-program_, SIGTERM);
        ::kill(-program_, SIGCONT); // one that was stopped hears of it only then
    }

    void report(GuardReport const& report) const
    {
        if (link_.is_open()) ::send(link_.get(), &report, sizeof report, MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    GuardTask task_;
    Descriptor link_{guard_link}; ///< To the node; closed: that has died.
    Descriptor child_signals_;
    Descriptor lock_;
    pid_t program_ = 0;
    std::optional<int> program_end_; ///< As waitpid tells it.
    bool is_stopped_ = false;
    bool leftovers_are_told_ = false;
    Clock::time_point kill_at_ = Clock::time_point::max();
};

} // namespace

bool serves_as_guard()
{
    return is_served;
}

std::optional<int> run_guard_if_asked(int argc, char const* const* argv)
{
    is_served = true;
    if (argc != 2 || std::string_view(argv[1]) != guard_argument) return {};
    // Such a socket and such a file have only those that a node has started.
    if (::fcntl(guard_link, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(guard_task, F_SETFD, FD_CLOEXEC) != 0) return 2;
    ::prctl(PR_SET_NAME, "process-guard"); // for `ps`, which would tell `exe`
    return Guard(read_guard_task(read_whole(Descriptor(guard_task)))).run();
}

} // namespace learning_loop
