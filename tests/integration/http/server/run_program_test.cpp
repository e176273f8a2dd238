#include "learning_loop/http/server/run_program.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/server/runner.h"

#include "support/captured_stderr.h"
#include "support/notes.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace learning_loop {
namespace {

/// Notes what the runner does with it, and ends the program at once.
class NotingParts final : public Parts {
public:
    explicit NotingParts(test::Notes& notes) : notes_(notes) {}
    ~NotingParts() override { notes_.add("destroyed"); }

    void start(TaskGroup& tasks) override
    {
        notes_.add("start");
        tasks.spawn("the work", work());
    }
    Task<> disconnect() override
    {
        notes_.add("disconnect");
        co_return;
    }
    Task<bool> finish() override
    {
        notes_.add("finish");
        if (end_fails) throw std::runtime_error("the disk is gone");
        co_return !hangs;
    }

    bool fails = false;
    bool hangs = false;
    bool end_fails = false;

private:
    Task<> work()
    {
        if (fails) throw std::runtime_error("the work failed");
        std::raise(SIGTERM);
        co_return;
    }

    test::Notes& notes_;
};

using NotingPartsFlag = bool NotingParts::*;

struct RunProgram : testing::Test {
    test::TempFolder folder;
    test::Notes notes;
    Program program;

    RunProgram()
    {
        start_log();
        program.name = "weeder";
        program.options.port = 0;
        program.options.upload_folder = folder / "uploads";
        program.data_folder = folder.path();
        program.build = [this](Runner&) { return std::make_unique<NotingParts>(notes); };
    }

    void build_parts_with(NotingPartsFlag flag)
    {
        program.build = [this, flag](Runner&) {
            auto parts = std::make_unique<NotingParts>(notes);
            (*parts).*flag = true;
            return parts;
        };
    }

    void run_and_exit() { std::_Exit(run_program(program)); }
};

TEST_F(RunProgram, runs_the_parts_until_a_signal_comes)
{
    program.ready = [](Runner const& runner) { return "ready at " + runner.url(); };
    test::CapturedStderr const captured;
    EXPECT_EQ(run_program(program), 0);
    EXPECT_EQ(notes.all(), (std::vector<std::string>{"start", "disconnect", "finish", "destroyed"}));
    EXPECT_NE(captured.text().find("ready at http://127.0.0.1:"), std::string::npos) << captured.text();
}

TEST_F(RunProgram, ends_with_status_1_when_a_task_of_its_parts_fails)
{
    build_parts_with(&NotingParts::fails);
    test::CapturedStderr const captured;
    EXPECT_EQ(run_program(program), 1);
    EXPECT_EQ(notes.all(), (std::vector<std::string>{"start", "disconnect", "finish", "destroyed"}));
    EXPECT_NE(captured.text().find("the work: the work failed"), std::string::npos) << captured.text();
}

TEST_F(RunProgram, ends_with_status_3_instead_of_hanging_when_its_parts_cannot_finish)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe"); // a forked child would lack the thread that flushes
    build_parts_with(&NotingParts::hangs);
    EXPECT_EXIT(run_and_exit(), testing::ExitedWithCode(3), "");
}

TEST_F(RunProgram, ends_with_status_3_instead_of_hanging_when_its_end_throws)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    build_parts_with(&NotingParts::end_fails);
    EXPECT_EXIT(run_and_exit(), testing::ExitedWithCode(3), "the end failed: the disk is gone");
}

TEST_F(RunProgram, tells_why_it_cannot_start)
{
    program.build = [](Runner&) -> Result<std::unique_ptr<Parts>> { return Error{Errc::conflict, "no way"}; };
    test::CapturedStderr const captured;
    EXPECT_EQ(run_program(program), 2);
    EXPECT_EQ(captured.text(), "weeder: no way\n");
}

TEST_F(RunProgram, logs_what_its_parts_throw)
{
    program.build = [](Runner&) -> Result<std::unique_ptr<Parts>> { throw std::runtime_error("the disk is gone"); };
    test::CapturedStderr const captured;
    EXPECT_EQ(run_program(program), 1);
    EXPECT_NE(captured.text().find("the disk is gone"), std::string::npos) << captured.text();
}

TEST_F(RunProgram, sweeps_old_uploads)
{
    test::put(folder / "uploads/upload-0190", "left by a process that was killed");
    test::CapturedStderr const captured;
    EXPECT_EQ(run_program(program), 0);
    EXPECT_FALSE(std::filesystem::exists(folder / "uploads/upload-0190"));
}

TEST_F(RunProgram, leaves_the_folder_of_another_process_alone)
{
    auto const lock = FolderLock::take(folder.path());
    ASSERT_TRUE(lock);
    test::put(folder / "uploads/upload-0190", "being written");
    test::CapturedStderr const captured;
    EXPECT_EQ(run_program(program), 2);
    EXPECT_NE(captured.text().find("weeder: the data folder "), std::string::npos) << captured.text();
    EXPECT_TRUE(std::filesystem::exists(folder / "uploads/upload-0190"));
    EXPECT_TRUE(notes.all().empty());
}

} // namespace
} // namespace learning_loop
