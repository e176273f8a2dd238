#include "learning_loop/base/command_line.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <vector>

namespace learning_loop {
namespace {

struct CommandLineTest : testing::Test {
    std::string name = "default";
    std::uint16_t port = 8004;
    std::uint64_t bytes = 10;
    int cycles = 6;
    double least = 0.3;
    std::optional<double> threshold;
    std::string said;

    ~CommandLineTest() override
    {
        for (auto const* variable : {"TEST_NAME", "TEST_PORT", "TEST_CYCLES", "TEST_LEAST"}) ::unsetenv(variable);
    }

    std::optional<int> read(std::vector<char const*> arguments)
    {
        CommandLine line("program", "does things");
        line.add("--name", "TEST_NAME", name, "a name");
        line.add("--port", "TEST_PORT", port, "a port");
        line.add("--bytes", "TEST_BYTES", bytes, "a size");
        line.add("--cycles", "TEST_CYCLES", cycles, "a count", 1);
        line.add("--least", "TEST_LEAST", least, "a share");
        line.add("--threshold", "TEST_THRESHOLD", threshold, "a share");
        arguments.insert(arguments.begin(), "program");
        testing::internal::CaptureStderr();
        auto const status = line.read(static_cast<int>(arguments.size()), arguments.data());
        said = testing::internal::GetCapturedStderr();
        return status;
    }
};

TEST_F(CommandLineTest, keeps_the_defaults)
{
    EXPECT_EQ(read({}), std::nullopt);
    EXPECT_EQ(port, 8004);
    EXPECT_EQ(threshold, std::nullopt);
}

TEST_F(CommandLineTest, reads_flags)
{
    EXPECT_EQ(read({"--name", "n", "--port", "0", "--bytes=99999999999", "--cycles", "1", "--least", "0", "--threshold",
                    "1"}),
              std::nullopt);
    EXPECT_EQ(name, "n");
    EXPECT_EQ(port, 0);
    EXPECT_EQ(bytes, 99'999'999'999u);
    EXPECT_EQ(cycles, 1);
    EXPECT_EQ(least, 0.0);
    EXPECT_EQ(threshold, 1.0);
}

TEST_F(CommandLineTest, reads_the_environment_and_lets_flags_win)
{
    ::setenv("TEST_PORT", "9000", 1);
    ::setenv("TEST_NAME", "from environment", 1);
    EXPECT_EQ(read({"--name", "from flag"}), std::nullopt);
    EXPECT_EQ(port, 9000);
    EXPECT_EQ(name, "from flag");
}

TEST_F(CommandLineTest, takes_an_empty_variable_for_unset)
{
    ::setenv("TEST_PORT", "", 1);
    ::setenv("TEST_NAME", "", 1);
    EXPECT_EQ(read({}), std::nullopt);
    EXPECT_EQ(port, 8004);
    EXPECT_EQ(name, "default");
}

TEST_F(CommandLineTest, refuses_an_unknown_flag)
{
    EXPECT_EQ(read({"--colour", "red"}), 2);
    EXPECT_NE(said.find("--colour"), std::string::npos) << said;
    EXPECT_NE(said.find("`program --help`"), std::string::npos) << said;
}

TEST_F(CommandLineTest, names_flag_and_variable_of_a_wrong_value)
{
    for (auto const* wrong : {"abc", "70000", "-1", "80x"}) {
        EXPECT_EQ(read({"--port", wrong}), 2) << wrong;
        EXPECT_NE(said.find("--port (TEST_PORT)"), std::string::npos) << said;
        EXPECT_NE(said.find(wrong), std::string::npos) << said;
    }
}

TEST_F(CommandLineTest, names_flag_and_variable_of_a_wrong_value_in_the_environment)
{
    ::setenv("TEST_LEAST", "1.5", 1);
    EXPECT_EQ(read({}), 2);
    EXPECT_NE(said.find("--least (TEST_LEAST)"), std::string::npos) << said;
    EXPECT_NE(said.find("1.5"), std::string::npos) << said;
}

TEST_F(CommandLineTest, refuses_what_is_out_of_range)
{
    EXPECT_EQ(read({"--cycles", "0"}), 2);
    EXPECT_EQ(read({"--least", "-0.1"}), 2);
    EXPECT_EQ(read({"--least", "nan"}), 2);
    EXPECT_EQ(read({"--threshold", "1.01"}), 2);
    EXPECT_EQ(read({"--bytes", "-5"}), 2);
    EXPECT_EQ(read({"--bytes", "1e9"}), 2);
    EXPECT_EQ(read({"--port"}), 2);
}

TEST_F(CommandLineTest, explains_itself)
{
    testing::internal::CaptureStdout();
    EXPECT_EQ(read({"--help"}), 0);
    auto const help = testing::internal::GetCapturedStdout();
    for (auto const* text : {"does things", "--port", "TEST_PORT", "8004", "a port"}) {
        EXPECT_NE(help.find(text), std::string::npos) << text << " is not in\n" << help;
    }
}

TEST(Environment, is_empty_where_it_is_unset)
{
    ::unsetenv("TEST_NAME");
    EXPECT_EQ(environment("TEST_NAME"), "");
}

} // namespace
} // namespace learning_loop
