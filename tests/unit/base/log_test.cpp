#include "learning_loop/base/log.h"

#include "support/captured_stderr.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <thread>
#include <vector>

namespace learning_loop {
namespace {

struct Log : testing::Test {
    test::CapturedStderr captured;

    Log() { start_log(); }
    ~Log() override
    {
        log::set_request_id({});
        log::set_level(log::Level::info);
    }

    /// What was logged since the test began, without the times.
    std::string logged()
    {
        log::flush();
        static std::regex const time(R"((^|\n)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )");
        return std::regex_replace(captured.text(), time, "$1");
    }
};

TEST_F(Log, writes_time_level_and_text_in_one_line)
{
    log::info("{} is ready", "weeder");
    EXPECT_TRUE(std::regex_match(captured.text(),
                                 std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info weeder is ready\n)")))
        << captured.text();
}

TEST_F(Log, may_be_started_again_with_another_level)
{
    start_log(log::Level::warn);
    log::info("not wanted");
    log::warn("wanted");
    start_log(log::Level::debug);
    log::debug("wanted, too");
    EXPECT_EQ(logged(), "warn wanted\ndebug wanted, too\n");
}

TEST_F(Log, changes_its_level_while_it_runs)
{
    log::set_level(log::Level::debug);
    log::debug("a");
    log::set_level(log::Level::error);
    log::warn("b");
    log::access("c");
    EXPECT_EQ(log::level(), log::Level::error);
    EXPECT_EQ(logged(), "debug a\n");
}

TEST_F(Log, names_the_request_that_its_thread_works_on)
{
    log::set_request_id("r-17");
    log::info("a");
    std::jthread([] { log::info("of another thread"); }).join();
    log::set_request_id({});
    log::info("b");
    EXPECT_EQ(logged(), "info [r-17] a\ninfo of another thread\ninfo b\n");
}

TEST_F(Log, lets_nobody_forge_a_line)
{
    log::set_request_id("r\n1");
    log::info("{}", "a\n2024-01-31T12:00:00.000Z error b\r\t\x1b[2J\x7f");
    log::info("{}", "\xc2\x9b, but \xc2\xa0 and \xc3\xa4 stay");
    EXPECT_EQ(logged(), "info [r\\n1] a\\n2024-01-31T12:00:00.000Z error b\\r\\t\\x1b[2J\\x7f\n"
                        "info [r\\n1] \\x9b, but \xc2\xa0 and \xc3\xa4 stay\n");
}

TEST_F(Log, writes_values_that_can_be_taken_apart)
{
    log::info("a={} b={} c={} d={}", log::value("plain/text-1.0"), log::value("two words"), log::value(""),
              log::value("q\"=\\\n"));
    EXPECT_EQ(logged(), R"(info a=plain/text-1.0 b="two words" c="" d="q\"=\\?")"
                        "\n");
}

TEST_F(Log, keeps_the_order_of_access_lines_and_others)
{
    log::access("first");
    log::info("second");
    log::access("third");
    log::error("fourth");
    EXPECT_EQ(logged(), "info first\ninfo second\ninfo third\nerror fourth\n");
}

TEST_F(Log, writes_lines_at_once_that_somebody_waits_for)
{
    log::access("waits in the buffer");
    log::info("is ready at http://127.0.0.1:8004");
    EXPECT_NE(captured.text().find("is ready at http://127.0.0.1:8004\n"), std::string::npos);
}

TEST(LogDeathTest, loses_no_line_at_the_end_of_the_program)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe"); // a forked child would lack the thread that flushes
    auto const program = [] {
        start_log();
        log::access("last words");
        std::exit(0);
    };
    EXPECT_EXIT(program(), testing::ExitedWithCode(0), "info last words");
}

TEST_F(Log, keeps_the_lines_of_many_threads_whole)
{
    {
        std::vector<std::jthread> threads;
        for (char const c : {'a', 'b', 'c', 'd'}) {
            threads.emplace_back([c] {
                for (int i = 0; i < 1000; ++i) {
                    if (i % 10 == 0) log::info("{}", std::string(100, c));
                    else log::access("{}", std::string(100, c));
                }
            });
        }
    }
    auto const text = logged();
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += 106, ++count) {
        ASSERT_EQ(text.substr(at, 106), "info " + std::string(100, text.at(at + 5)) + "\n");
    }
    EXPECT_EQ(count, 4000u);
}

} // namespace
} // namespace learning_loop
