#include "learning_loop/settings/state_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>

namespace learning_loop {
namespace {

Environment with(std::map<std::string, std::string> const& variables)
{
    return [variables](std::string const& name) { return variables.contains(name) ? variables.at(name) : ""; };
}

TEST(StateFolder, is_the_users)
{
    EXPECT_EQ(state_folder("server", with({{"XDG_STATE_HOME", "/state"}, {"HOME", "/home/a"}})),
              "/state/learning-loop/server");
    EXPECT_EQ(state_folder("server", with({{"HOME", "/home/a"}})), "/home/a/.local/state/learning-loop/server");
    EXPECT_EQ(state_folder("server", with({})), "");
}

TEST(DefaultDataFolder, depends_on_who_runs_the_program)
{
    bool const is_container = std::filesystem::exists("/.dockerenv") || std::filesystem::exists("/run/.containerenv");
    if (is_container && std::filesystem::is_directory("/data")) {
        EXPECT_EQ(default_data_folder("weeder", with({{"HOME", "/home/a"}})), "/data");
        return;
    }
    EXPECT_EQ(default_data_folder("weeder", with({{"INVOCATION_ID", "1"}, {"HOME", "/home/a"}})),
              "/var/lib/learning-loop/weeder");
    EXPECT_EQ(default_data_folder("weeder", with({{"HOME", "/home/a"}})), "/home/a/.local/state/learning-loop/weeder");
}

TEST(EnvironmentOfTheProcess, is_empty_where_it_is_unset)
{
    ::unsetenv("LEARNING_LOOP_TEST_NAME");
    EXPECT_EQ(environment("LEARNING_LOOP_TEST_NAME"), "");
    ::setenv("LEARNING_LOOP_TEST_NAME", "a", 1);
    EXPECT_EQ(environment("LEARNING_LOOP_TEST_NAME"), "a");
    ::unsetenv("LEARNING_LOOP_TEST_NAME");
}

} // namespace
} // namespace learning_loop
