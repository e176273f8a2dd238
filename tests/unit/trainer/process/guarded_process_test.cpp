#include "learning_loop/trainer/process/guarded_process.h"

#include "process_fixture.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/descriptor.h"

#include "support/eventually.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct GuardedProcessTest : test::ProcessFixture {};

/// This process's own descriptors.
std::size_t open_descriptors()
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
}

Task<> wait_in_vain(GuardedProcess& process, bool& has_ended)
{
    co_await process.wait();
    has_ended = true;
}

TEST_F(GuardedProcessTest, runs_in_its_folder_and_appends_what_it_writes_to_the_log)
{
    test::put(folder / "last_training.log", "before\n");
    EXPECT_TRUE(run_to_end(shell("pwd; echo trouble >&2")).is_success());
    EXPECT_TRUE(run_to_end(shell("echo again")).is_success());
    EXPECT_EQ(log(), "before\n" + fs::canonical(folder.path()).string() + "\ntrouble\nagain\n");
}

TEST_F(GuardedProcessTest, gets_its_arguments_as_they_are_and_its_environment_beside_that_of_the_node)
{
    auto python =
        command({"python3", "-c", "import os, sys; print(sys.argv[1:], os.environ['LL_SAID'], 'PATH' in os.environ)",
                 "a b", "", "$(touch injected)", "'\"\n*"});
    python.environment["LL_SAID"] = "x=y z";
    EXPECT_TRUE(run_to_end(python).is_success());
    EXPECT_EQ(log(), "['a b', '', '$(touch injected)', '\\'\"\\n*'] x=y z True\n");
    EXPECT_FALSE(fs::exists(folder / "injected"));
}

TEST_F(GuardedProcessTest, tells_the_exit_status_or_the_signal)
{
    auto const failed = run_to_end(shell("exit 3"));
    EXPECT_EQ(failed.exit_status, 3);
    EXPECT_EQ(failed.signal, std::nullopt);
    auto const crashed = run_to_end(shell("kill -SEGV $$"));
    EXPECT_EQ(crashed.exit_status, std::nullopt);
    EXPECT_EQ(crashed.signal, SIGSEGV);
    EXPECT_FALSE(failed.was_stopped || crashed.was_stopped || failed.is_success() || crashed.is_success());
}

TEST_F(GuardedProcessTest, leads_a_group_and_has_neither_input_nor_terminal)
{
    auto const end = run_to_end(command({"python3", "-c",
                                         "import os, sys\n"
                                         "print(os.getpgrp() == os.getpid(), repr(sys.stdin.read()))\n"
                                         "try: os.open('/dev/tty', os.O_RDWR)\n"
                                         "except OSError as error: print(error.strerror)\n"}));
    EXPECT_TRUE(end.is_success());
    EXPECT_EQ(log(), "True ''\nNo such device or address\n");
}

TEST_F(GuardedProcessTest, has_the_default_handling_of_signals_whatever_the_node_does_with_them)
{
    sigset_t blocked{}, before{};
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto* const handler = std::signal(SIGPIPE, SIG_IGN);
    EXPECT_TRUE(
        run_to_end(command({"python3", "-c",
                            "import re\n"
                            "found = re.findall(r'Sig(?:Blk|Ign):\\s*(\\w+)', open('/proc/self/status').read())\n"
                            "print([int(each, 16) & 0x7fffffff for each in found])\n"}))
            .is_success());
    std::signal(SIGPIPE, handler);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(log(), "[0, 16781312]\n"); // Python itself ignores SIGPIPE and SIGXFSZ
}

TEST_F(GuardedProcessTest, inherits_no_descriptor_of_the_node_and_neither_does_its_guard)
{
    test::put(folder / "secret", "x");
    Descriptor const file(::open((folder / "secret").c_str(), O_RDONLY)); // not closed by exec
    Descriptor const socket(::socket(AF_INET, SOCK_STREAM, 0));
    Descriptor const high_file(::fcntl(file.get(), F_DUPFD, 50)), high_socket(::fcntl(socket.get(), F_DUPFD, 50));
    EXPECT_TRUE(run_to_end(command({"python3", "-c",
                                    "import os\n"
                                    "print(sorted(os.listdir('/proc/self/fd')))\n" // with that of the folder itself
                                    "guard = f'/proc/{os.getppid()}/fd'\n"
                                    "held = [os.readlink(f'{guard}/{each}') for each in os.listdir(guard)]\n"
                                    "print(sum('socket:' in each for each in held), 'socket')\n"
                                    "print('\\n'.join(held))\n"}))
                    .is_success());
    EXPECT_TRUE(log().starts_with("['0', '1', '2', '3']\n1 socket\n")) << log();
    EXPECT_EQ(log().find("secret"), std::string::npos) << log();
}

TEST_F(GuardedProcessTest, is_asked_to_end_before_it_is_killed)
{
    auto const process =
        started(shell("trap 'echo saving > told; exit 7' TERM; echo > ready; while :; do sleep 0.01; done"));
    ASSERT_TRUE(appears("ready"));
    EXPECT_TRUE(process->is_running());
    process->stop(10min);
    auto const end = end_of(*process);
    EXPECT_EQ(end.exit_status, 7);
    EXPECT_TRUE(end.was_stopped);
    EXPECT_FALSE(process->is_running());
    EXPECT_EQ(told(), "saving\n");
}

TEST_F(GuardedProcessTest, is_killed_after_the_grace_which_a_second_stop_makes_shorter)
{
    auto const process = started(shell("trap '' TERM; echo > ready; while :; do sleep 0.01; done"));
    ASSERT_TRUE(appears("ready"));
    process->stop(10min);
    process->stop(50ms);
    process->stop(10min);
    auto const end = end_of(*process);
    EXPECT_EQ(end.signal, SIGKILL);
    EXPECT_TRUE(end.was_stopped);
    EXPECT_TRUE(living().empty());
}

TEST_F(GuardedProcessTest, is_asked_to_end_once_however_often_it_is_stopped)
{
    auto const process = started(shell("trap 'echo asked >> told' TERM; echo > ready; "
                                       "while ! test -e enough; do sleep 0.01; done; sleep 0.3; echo done >> told"));
    ASSERT_TRUE(appears("ready"));
    process->stop(10min);
    ASSERT_TRUE(appears("told"));
    process->stop(9min);
    test::put(folder / "enough", "");
    EXPECT_TRUE(end_of(*process).is_success());
    EXPECT_EQ(told(), "asked\ndone\n");
}

TEST_F(GuardedProcessTest, keeps_its_grace_for_a_child_that_still_saves_when_the_leader_of_the_group_has_gone)
{
    auto const process =
        started(shell("(trap 'trap - TERM; echo > saving; sleep 1.5; echo saved > told; exit' TERM; echo > ready; "
                      "while :; do sleep 0.01; done)& "
                      "trap 'while ! test -e saving; do sleep 0.01; done; sleep 0.1; exit 8' TERM; "
                      "while :; do sleep 0.01; done"));
    ASSERT_TRUE(appears("ready"));
    process->stop(10min);
    EXPECT_EQ(end_of(*process).exit_status, 8);
    EXPECT_EQ(told(), "saved\n");
}

TEST_F(GuardedProcessTest, has_also_what_left_its_group_asked_to_end_before_that_is_killed)
{
    auto const end = run_to_end(shell("setsid sh -c \"(trap 'echo asked > told; exit' TERM; echo > ready; "
                                      "while :; do sleep 0.01; done)& wait\" & "
                                      "while ! test -e ready; do sleep 0.01; done"));
    EXPECT_TRUE(end.is_success());
    EXPECT_EQ(told(), "asked\n");
}

TEST_F(GuardedProcessTest, is_ended_also_while_it_is_held)
{
    auto const process = started(shell("echo > ready; kill -STOP $$"));
    ASSERT_TRUE(appears("ready"));
    process->stop(10min);
    EXPECT_EQ(end_of(*process).signal, SIGTERM);
}

TEST_F(GuardedProcessTest, leaves_nothing_behind_when_it_ends_by_itself)
{
    auto const end = run_to_end(shell("sleep 1000 & setsid sleep 1000 & "
                                      "(setsid sh -c \"trap '' TERM; echo > daemon; sleep 1000; sleep 1000\" &) & "
                                      "setsid setsid sh -c 'sleep 1000 & sleep 1000' & "
                                      "while ! test -e daemon; do sleep 0.01; done; exit 5"));
    EXPECT_EQ(end.exit_status, 5);
    EXPECT_EQ(living(), std::vector<pid_t>());
}

TEST_F(GuardedProcessTest, leaves_nothing_behind_when_it_is_stopped)
{
    auto const process = started(shell("trap '' TERM; (setsid sh -c \"trap '' TERM; echo > daemon; sleep 1000\" &) & "
                                       "while :; do sleep 0.01; done"));
    ASSERT_TRUE(appears("daemon"));
    process->stop(20ms);
    EXPECT_EQ(end_of(*process).signal, SIGKILL);
    EXPECT_EQ(living(), std::vector<pid_t>());
}

TEST_F(GuardedProcessTest, is_not_given_back_before_the_last_of_its_processes_has_ended)
{
    auto const process =
        started(shell("(setsid sh -c \"trap 'sleep 0.3; echo last > told; exit' TERM; echo > daemon; "
                      "while :; do sleep 0.01; done\" &) & while ! test -e daemon; do sleep 0.01; done"));
    EXPECT_TRUE(end_of(*process).is_success());
    EXPECT_EQ(told(), "last\n");
}

TEST_F(GuardedProcessTest, runs_on_when_nobody_waits_for_it_any_more)
{
    auto const process = started(shell("while ! test -e enough; do sleep 0.01; done; exit 4"));
    bool has_ended = false;
    TaskGroup group(io.executor());
    group.spawn("waits", wait_in_vain(*process, has_ended));
    group.cancel();
    io.run(group.join());
    EXPECT_FALSE(has_ended);
    EXPECT_TRUE(process->is_running());
    test::put(folder / "enough", "");
    EXPECT_EQ(end_of(*process).exit_status, 4);
    EXPECT_EQ(end_of(*process).exit_status, 4); // also told again
}

TEST_F(GuardedProcessTest, does_not_outlive_its_object)
{
    auto where = place();
    where.grace_if_orphaned = 20ms;
    auto process = started(shell("trap '' TERM; echo > ready; while :; do sleep 0.01; done"), where);
    ASSERT_TRUE(appears("ready"));
    EXPECT_FALSE(living().empty());
    process.reset();
    EXPECT_TRUE(test::eventually([&] { return living().empty(); }));
    EXPECT_TRUE(test::eventually([&] { // the next one reaps its guard
        return refusal(shell("exit 0")) == "none" && test::zombies().empty();
    }));
}

TEST_F(GuardedProcessTest, dies_with_its_guard_which_counts_as_killed)
{
    auto const process = started(shell("echo $PPID > guard; sleep 1000 & sleep 1000"));
    auto const guard = pid_in("guard");
    ASSERT_GT(guard, 1);
    ::kill(guard, SIGKILL);
    EXPECT_EQ(end_of(*process).signal, SIGKILL);
    EXPECT_TRUE(test::eventually([&] { return living().empty(); }));
    EXPECT_TRUE(test::zombies().empty());
}

TEST_F(GuardedProcessTest, cannot_end_its_guard_with_any_signal_but_one)
{
    auto const end = run_to_end(shell("for signal in INT TERM HUP QUIT PIPE USR1 ALRM; do kill -$signal $PPID; done; "
                                      "setsid sleep 1000 & exit 6"));
    EXPECT_EQ(end.exit_status, 6);
    EXPECT_EQ(living(), std::vector<pid_t>());
}

TEST_F(GuardedProcessTest, is_the_only_one_in_its_folder)
{
    auto const first = started(shell("while ! test -e enough; do sleep 0.01; done"));
    EXPECT_EQ(refusal(shell("echo > second")), "unavailable: a program of an earlier start still runs in the folder " +
                                                   folder.path().string() +
                                                   " and is being ended: try again in a second");
    test::put(folder / "enough", "");
    EXPECT_TRUE(end_of(*first).is_success());
    EXPECT_FALSE(fs::exists(folder / "second"));
    EXPECT_EQ(refusal(shell("exit 0")), "none");
}

TEST_F(GuardedProcessTest, is_known_to_be_left_in_its_folder_until_nothing_of_it_is_left)
{
    EXPECT_FALSE(is_process_left_in(folder.path() / "none"));
    EXPECT_FALSE(is_process_left_in(folder.path()));
    auto const process = started(shell("while ! test -e enough; do sleep 0.01; done"));
    EXPECT_TRUE(is_process_left_in(folder.path()));
    test::put(folder / "enough", "");
    EXPECT_TRUE(end_of(*process).is_success());
    EXPECT_FALSE(is_process_left_in(folder.path()));
}

TEST_F(GuardedProcessTest, that_cannot_be_started_is_told_with_the_reason_and_the_remedy)
{
    EXPECT_EQ(refusal(command({"trainx", "-v"})),
              "invalid_argument: 'trainx' cannot be started: No such file or directory: name a program that is there, "
              "by its path or as PATH finds it; a script's first line, too");
    test::put(folder / "text", "x");
    EXPECT_EQ(refusal(command({"./text"})), "invalid_argument: './text' cannot be started: Permission denied: make the "
                                            "file executable (chmod +x)");
    EXPECT_EQ(refusal(command({})), "invalid_argument: the command is empty: name a program");
    EXPECT_EQ(refusal(command({"echo", std::string("a\0b", 3)})),
              "invalid_argument: an argument of 'echo' has a zero byte in it: leave that out");
    EXPECT_EQ(refusal(command({"echo", std::string(200'000, 'x')})),
              "invalid_argument: 'echo' cannot be started: Argument list too long: give it less text in its arguments "
              "and its environment");
    auto odd = command({"echo"});
    odd.environment["a=b"] = "c";
    EXPECT_EQ(refusal(odd), "invalid_argument: the variable 'a=b' cannot be given to a program: its name must have no "
                            "'=' in it, and neither name nor value a zero byte");
    EXPECT_TRUE(test::zombies().empty());
}

TEST_F(GuardedProcessTest, needs_a_folder_and_a_log)
{
    GuardedProcess nowhere(io.executor(), {folder / "none", folder / "log"});
    EXPECT_EQ(io.run(nowhere.start(shell("exit 0"))).error().message,
              "the folder " + (folder / "none").string() +
                  " cannot be used: No such file or directory: see that it is there and writable");
    EXPECT_FALSE(nowhere.is_running());
    GuardedProcess silent(io.executor(), {folder.path(), folder / "none/log"});
    EXPECT_EQ(io.run(silent.start(shell("exit 0"))).error().message,
              "the log " + (folder / "none/log").string() + " cannot be written: No such file or directory");
}

TEST_F(GuardedProcessTest, leaves_neither_descriptors_nor_zombies_after_a_hundred)
{
    run_to_end(command({"true"}));
    auto const before = open_descriptors();
    std::vector<double> start_ms;
    for (int number = 0; number < 100; ++number) {
        auto const begin = std::chrono::steady_clock::now();
        auto const process = started(command({"true"}));
        start_ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
        ASSERT_TRUE(end_of(*process).is_success());
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(test::zombies().empty());
    std::ranges::sort(start_ms);
    std::cout << "figures: guarded process, started in " << start_ms[50] << " ms (median of 100; 99 %: " << start_ms[99]
              << " ms)\n";
}

} // namespace
} // namespace learning_loop
