#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/trainer/process/command.h"
#include "learning_loop/trainer/process/process_end.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <filesystem>
#include <memory>

namespace learning_loop {

struct ProcessPlace {
    std::filesystem::path folder; ///< Where it runs. One process at a time: `.process.lock` in it is locked meanwhile.
    std::filesystem::path log;    ///< What it writes is appended here.
    std::chrono::milliseconds grace_if_orphaned{1500}; ///< Between SIGTERM and SIGKILL once this process has died.
};

/// Whether a process that an earlier node has started still runs in that folder: its guard is ending it.
bool is_process_left_in(std::filesystem::path const& folder);

/// A program of others that runs beside the node, as the leader of a process group of its own. A guard stands between
/// the two, a process that does nothing else: it ends the program with all that it has started, also what has left the
/// group, when it is told to, when the program itself has ended, and when the node dies, in whatever way. What is left
/// when the program has ended by itself gets SIGTERM, and SIGKILL a second later. To be used on the io thread.
///
/// The program has the environment of the node, /dev/null as its input, no terminal, and no descriptor of the node. The
/// guard is this program itself, started again: its `main` must begin with `run_guard_if_asked` (guard.h).
class GuardedProcess {
public:
    GuardedProcess(boost::asio::any_io_executor executor, ProcessPlace place);
    ~GuardedProcess(); ///< Ends it as if the node had died.
    GuardedProcess(GuardedProcess const&) = delete;
    GuardedProcess& operator=(GuardedProcess const&) = delete;

    /// Takes some 10 ms, of which the thread is held for one. A program without a `/` in its name is looked for in
    /// PATH; a relative one counts from the folder. Errors: invalid_argument if the program cannot be started; the
    /// message names it and the reason. unavailable if one of an earlier node still runs in the folder: it is being
    /// ended, try again in a second; or if the system has no room for a process more. out_of_space if there is none for
    /// the log. To be called once.
    Task<Result<void>> start(Command command);

    bool is_running() const; ///< Started, and `wait` would wait.

    /// Waits until nothing of it is left. If this is cancelled, it runs on, and may be waited for again. One caller at
    /// a time. To be called after a `start` that did not fail.
    Task<ProcessEnd> wait();

    /// SIGTERM to the group now, SIGKILL to all that is left after the grace. Does nothing if it does not run. Called
    /// again, it can only make the grace shorter.
    void stop(std::chrono::milliseconds grace);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace learning_loop
