#pragma once

#include "learning_loop/trainer/process/guarded_process.h"

#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::test {

/// The processes whose environment has this text in it. Those that have ended and wait to be reaped have none.
std::vector<pid_t> processes_marked(std::string const& mark);

/// The children of this process that have ended and wait to be reaped.
std::vector<pid_t> zombies();

/// Real processes in a folder of their own.
struct ProcessFixture : testing::Test {
    TempFolder folder;
    Io io;

    ProcessPlace place() const { return {folder.path(), folder / "last_training.log"}; }
    std::string log() const { return bytes_of(folder / "last_training.log"); }
    std::string told() const
    {
        return bytes_of(folder / "told");
    } ///< What a shell does not also write its own words to.
    std::string mark() const { return "LL_TEST_MARK=" + folder.path().string(); }

    /// With the mark, which all that it starts inherits.
    Command command(std::vector<std::string> arguments) const;
    Command shell(std::string script) const;

    std::unique_ptr<GuardedProcess> started(Command command);
    std::unique_ptr<GuardedProcess> started(Command command, ProcessPlace where);
    ProcessEnd end_of(GuardedProcess& process);
    ProcessEnd run_to_end(Command command);
    std::string refusal(Command command); ///< Of `start`: kind and message; "none" if it starts, and ends.

    std::vector<pid_t> living() const { return processes_marked(mark()); }
    bool appears(std::string const& file) const; ///< Waits for a file in the folder that is not empty.
    pid_t pid_in(std::string const& file) const; ///< Waits for it, too.
};

/// Another process, which starts one as a node does and then waits to be killed. It has a process group of its own,
/// like a program that a terminal started. Its guard is marked as well.
class OtherNode {
public:
    OtherNode(ProcessFixture const& fixture, Command const& command, ProcessPlace const& place);
    OtherNode(OtherNode const&) = delete;
    OtherNode& operator=(OtherNode const&) = delete;
    ~OtherNode() { kill(SIGKILL); }

    void kill(int signal); ///< The whole group. Waits until the node is gone.

private:
    pid_t process_ = 0;
};

} // namespace learning_loop::test
