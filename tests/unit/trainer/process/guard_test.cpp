#include "learning_loop/trainer/process/guard.h"

#include "process_fixture.h"

#include "support/eventually.h"

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <thread>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

struct GuardTest : test::ProcessFixture {
    ProcessPlace place_with(std::chrono::milliseconds grace) const
    {
        auto where = place();
        where.grace_if_orphaned = grace;
        return where;
    }
    /// In and outside of its group, and none of them heeds SIGTERM.
    Command stubborn_family() const
    {
        return shell("trap '' TERM; echo > begun; sleep 1000 & (setsid sh -c \"trap '' TERM; echo > daemon; sleep "
                     "1000; sleep 1000\" "
                     "&) & while :; do sleep 0.01; done");
    }
};

TEST_F(GuardTest, is_run_only_by_a_program_that_is_started_as_one)
{
    std::array<char const*, 2> const plain{"program", "--help"};
    EXPECT_EQ(run_guard_if_asked(2, plain.data()), std::nullopt);
    std::array<char const*, 3> const more{"program", "--guard-a-process", "x"};
    EXPECT_EQ(run_guard_if_asked(3, more.data()), std::nullopt);
    EXPECT_TRUE(serves_as_guard());
}

TEST_F(GuardTest, ends_all_when_the_node_is_killed)
{
    test::OtherNode node(*this, stubborn_family(), place_with(50ms));
    ASSERT_TRUE(appears("daemon"));
    EXPECT_GE(living().size(), 4U);
    node.kill(SIGKILL);
    EXPECT_TRUE(test::eventually([&] { return living().empty(); }));
}

TEST_F(GuardTest, asks_the_program_to_end_when_the_node_is_killed)
{
    auto const save = shell("trap 'echo saved > told; exit' TERM; echo > ready; while :; do sleep 0.01; done");
    test::OtherNode node(*this, save, place_with(10min));
    ASSERT_TRUE(appears("ready"));
    node.kill(SIGKILL);
    EXPECT_TRUE(test::eventually([&] { return living().empty(); }));
    EXPECT_EQ(told(), "saved\n");
}

TEST_F(GuardTest, leaves_the_program_to_the_system_if_it_is_killed_like_the_node)
{
    test::OtherNode node(*this, shell("echo $PPID > guard; exec sleep 1000"), place_with(10min));
    auto const guard = pid_in("guard");
    ASSERT_GT(guard, 1);
    ::kill(guard, SIGSTOP); // so that it sees nothing of the node's death
    node.kill(SIGKILL);
    EXPECT_FALSE(living().empty());
    ::kill(guard, SIGKILL);
    EXPECT_TRUE(test::eventually([&] { return living().empty(); }));
}

TEST_F(GuardTest, ends_all_whenever_in_the_course_of_a_start_the_node_is_killed)
{
    constexpr int kills = 40;
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_EQ(refusal(shell("exit 0")), "none");
    auto const twice_a_start = 2 * (std::chrono::steady_clock::now() - begin);
    int begun = 0;
    for (int number = 0; number < kills; ++number) {
        std::filesystem::remove(folder / "begun");
        test::OtherNode node(*this, stubborn_family(), place_with(0ms));
        std::this_thread::sleep_for(number * twice_a_start / kills); // any moment may be the one
        node.kill(SIGKILL);
        ASSERT_TRUE(test::eventually([&] { return living().empty(); })) << "kill " << number;
        if (std::filesystem::exists(folder / "begun")) ++begun;
    }
    EXPECT_TRUE(test::eventually([&] { return refusal(shell("exit 0")) == "none" && living().empty(); }));
    std::cout << "figures: guard, node killed " << kills << " times within a start, in " << begun
              << " the program had begun, 0 processes left\n";
}

TEST_F(GuardTest, keeps_the_keys_of_the_terminal_from_the_program)
{
    auto const note_signals =
        shell("trap 'echo INT >> told' INT; trap 'echo QUIT >> told' QUIT; trap 'echo HUP >> told' HUP; "
              "trap 'echo TERM >> told; exit' TERM; echo > ready; while :; do sleep 0.01; done");
    test::OtherNode node(*this, note_signals, place_with(10min));
    ASSERT_TRUE(appears("ready"));
    node.kill(SIGINT);
    EXPECT_TRUE(test::eventually([&] { return living().empty(); }));
    EXPECT_EQ(told(), "TERM\n");
}

TEST_F(GuardTest, lets_no_second_program_begin_before_that_of_a_killed_node_has_ended)
{
    auto const save = shell("trap 'while ! test -e enough; do sleep 0.01; done; exit' TERM; echo > ready; "
                            "while :; do sleep 0.01; done");
    test::OtherNode node(*this, save, place_with(10min));
    ASSERT_TRUE(appears("ready"));
    node.kill(SIGKILL);
    EXPECT_TRUE(refusal(shell("exit 0")).starts_with("unavailable: "));
    test::put(folder / "enough", "");
    EXPECT_TRUE(test::eventually([&] { return refusal(shell("exit 0")) == "none"; }));
}

} // namespace
} // namespace learning_loop
