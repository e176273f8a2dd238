#include "learning_loop/converter/failed_models.h"

#include "learning_loop/base/log.h"
#include "support/captured_stderr.h"
#include "support/run.h"
#include "support/short_of_space.h"
#include "support/source_models.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using test::a_model;
using test::run;
namespace fs = std::filesystem;

struct FailedModelsTest : testing::Test {
    test::TempFolder folder;
    fs::path const file = folder / "failed_models.json";

    std::optional<std::string> failure_after_restart() { return FailedModels(folder.path()).find_failure(a_model()); }
    void fail()
    {
        FailedModels models(folder.path());
        run(models.add(a_model(), "layer 7 is unknown")).value();
    }
};

TEST_F(FailedModelsTest, are_remembered_across_restarts)
{
    EXPECT_FALSE(failure_after_restart());
    fail();
    EXPECT_EQ(failure_after_restart(), "layer 7 is unknown");
    EXPECT_FALSE(FailedModels(folder.path()).find_failure(a_model(1, "v2")));
}

TEST_F(FailedModelsTest, know_of_an_attempt_that_the_process_has_not_survived)
{
    for (int death = 0; death < TriedModels::max_attempts; ++death) {
        EXPECT_FALSE(failure_after_restart());
        FailedModels dying(folder.path());
        run(dying.begin_attempt(a_model())).value();
    }
    EXPECT_EQ(failure_after_restart(), "the node died 3 times while it was converted");
}

TEST_F(FailedModelsTest, know_nothing_of_an_attempt_that_has_ended)
{
    FailedModels models(folder.path());
    for (int i = 0; i < 5; ++i) {
        run(models.begin_attempt(a_model())).value();
        run(models.end_attempt(a_model())).value();
    }
    EXPECT_EQ(test::bytes_of(file), "{\"models\":[]}\n");
}

TEST_F(FailedModelsTest, are_forgotten_on_the_disk_too_when_the_loop_has_them_no_more_or_somebody_wants_it)
{
    fail();
    FailedModels models(folder.path());
    run(models.keep({}, {})).value();
    EXPECT_TRUE(failure_after_restart());
    run(models.keep({{"zauberzeug", "demo"}}, {})).value();
    EXPECT_FALSE(failure_after_restart());
    run(models.add(a_model(), "x")).value();
    EXPECT_EQ(run(models.forget(std::nullopt)).value(), 1u);
    EXPECT_FALSE(failure_after_restart());
    EXPECT_EQ(run(models.forget(std::nullopt)).value(), 0u);
    auto const unknown = run(models.forget("a\nb"));
    EXPECT_EQ(unknown.error().code, Errc::not_found);
    EXPECT_TRUE(unknown.error().message.starts_with("model: 'a?b' has not failed")) << unknown.error().message;
}

TEST_F(FailedModelsTest, put_a_file_aside_that_cannot_be_read)
{
    start_log(); // on stderr
    fail();
    auto const whole = test::bytes_of(file);
    std::vector<std::string> const broken{"",
                                          "[]",
                                          whole.substr(0, whole.size() / 2),
                                          R"({"models":[{"id":7}]})",
                                          R"({"models":{}})",
                                          std::string(100'000, '['),
                                          std::string(17 << 20, ' ')};
    for (auto const& text : broken) {
        test::put(file, text);
        test::CapturedStderr const said;
        EXPECT_FALSE(failure_after_restart());
        EXPECT_TRUE(test::bytes_of(file.string() + ".broken") == text) << text.substr(0, 50);
        EXPECT_NE(said.text().find("it is put aside, failed models are tried again"), std::string::npos) << said.text();
    }
    fs::create_symlink("/etc/passwd", file);
    EXPECT_FALSE(failure_after_restart());
    EXPECT_TRUE(fs::is_symlink(file.string() + ".broken"));
}

TEST_F(FailedModelsTest, read_what_a_newer_program_wrote)
{
    fail();
    auto text = test::bytes_of(file);
    text.replace(text.find("\"id\""), 4, R"("new":{"a":[1]},"id")");
    test::put(file, text);
    EXPECT_EQ(failure_after_restart(), "layer 7 is unknown");
}

TEST_F(FailedModelsTest, hold_until_the_node_ends_if_the_disk_is_full)
{
    FailedModels models(folder.path());
    {
        test::ShortOfSpace const full(10);
        EXPECT_EQ(run(models.add(a_model(), "x")).error().code, Errc::out_of_space);
    }
    EXPECT_EQ(models.find_failure(a_model()), "x");
    EXPECT_FALSE(failure_after_restart());
    fs::remove_all(folder.path());
    EXPECT_EQ(run(models.add(a_model(), "x")).error().code, Errc::unavailable);
}

} // namespace
} // namespace learning_loop
