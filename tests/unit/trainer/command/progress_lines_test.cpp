#include "learning_loop/trainer/command/progress_lines.h"

#include "learning_loop/base/log.h"
#include "support/captured_stderr.h"
#include "unit/trainer/command/sample_training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace learning_loop {
namespace {

struct ProgressLinesTest : testing::Test {
    test::SampleTraining sample;
    std::filesystem::path const file = sample.training.folder / "progress.jsonl";
    ProgressLines lines{file, sample.training.categories};

    ProgressLinesTest() { start_log(); }

    void append(std::string const& text) { std::ofstream(file, std::ios::app) << text; }
    void take(std::string const& text)
    {
        append(text + "\n");
        lines.read_new();
    }
    /// What the log says about a line, and that no best state came of it.
    std::string complaint(std::string const& text)
    {
        test::CapturedStderr const log;
        take(text);
        EXPECT_FALSE(lines.best()) << text;
        auto const told = log.text();
        auto const begin = told.find("told once: ");
        return begin == std::string::npos ? "none" : told.substr(begin + 11, told.find('\n', begin) - begin - 11);
    }
};

TEST_F(ProgressLinesTest, tell_how_far_the_program_has_come)
{
    EXPECT_FALSE(lines.progress().fraction);
    take(R"({"progress": 0.25, "epoch": 3, "metrics": {"loss": 1.2, "map50": 0.4}})");
    take(R"({"metrics": {"loss": 1}})");
    EXPECT_EQ(lines.progress().fraction, 0.25);
    EXPECT_EQ(lines.progress().epoch, 3);
    EXPECT_EQ(lines.progress().metrics, (std::map<std::string, double>{{"loss", 1}, {"map50", 0.4}}));
}

TEST_F(ProgressLinesTest, count_once_they_are_whole)
{
    append(R"({"progress": 0.5)");
    lines.read_new();
    EXPECT_FALSE(lines.progress().fraction);
    take("}");
    EXPECT_EQ(lines.progress().fraction, 0.5);
}

TEST_F(ProgressLinesTest, tell_the_newest_best_state)
{
    take(R"({"best": {"epoch": 1, "files": {"mine": ["a.pt"]}}})");
    take(R"({"best": {"epoch": 3, "confusion_matrix": {"b": {"tp": 1, "fp": 2, "fn": 3}}, )"
         R"("files": {"mine": ["b.pt", "b.yaml"], "onnx": "b.onnx"}, )"
         R"("model": {"conf_threshold": 0.31, "resolution": 320, "own": [1], "none": null}, )"
         R"("hyperparameters": {"batch_size": 8, "odd": [1]}}})");
    auto const best = lines.best().value();
    EXPECT_EQ(best.epoch, 3);
    EXPECT_EQ(best.confusion_matrix.at("b").fn, 3);
    EXPECT_EQ(best.files.at("mine"), (std::vector<std::filesystem::path>{"b.pt", "b.yaml"}));
    EXPECT_EQ(best.files.at("onnx"), (std::vector<std::filesystem::path>{"b.onnx"}));
    EXPECT_EQ(to_text(best.description), R"({"conf_threshold":0.31,"own":[1],"resolution":320})");
    EXPECT_EQ(best.chosen, (Hyperparameters{{"batch_size", 8}}));
}

TEST_F(ProgressLinesTest, of_the_same_state_have_the_same_mark_also_in_another_process)
{
    take(R"({"best": {"epoch": 1, "files": {"mine": ["a.pt"]}}})");
    ProgressLines again(file, sample.training.categories);
    again.read_new();
    EXPECT_EQ(again.best()->mark, lines.best()->mark);
    take(R"({"best": {"epoch": 2, "files": {"mine": ["a.pt"]}}})");
    EXPECT_NE(again.best()->mark, lines.best()->mark);
}

TEST_F(ProgressLinesTest, bear_numbers_that_are_none_as_python_writes_them)
{
    take(R"({"progress": NaN, "metrics": {"loss": NaN, "map50": Infinity, "lr": 0.1}})");
    EXPECT_FALSE(lines.progress().fraction);
    EXPECT_EQ(lines.progress().metrics, (std::map<std::string, double>{{"lr", 0.1}}));
    take(R"({"progress": 17})");
    EXPECT_EQ(lines.progress().fraction, 1);
}

TEST_F(ProgressLinesTest, that_make_no_sense_are_told_and_passed_over)
{
    EXPECT_EQ(complaint("Epoch 3: loss 0.5"), "a progress line: is not valid JSON (syntax error)");
    EXPECT_EQ(complaint("[1]"), "a progress line: expected an object");
    EXPECT_EQ(complaint(R"({"progress": "half"})"), "a progress line.progress: expected a number");
    EXPECT_EQ(complaint(R"({"best": {"epoch": 1}})"), "best.files: must name the files of 1 to 20 formats");
    EXPECT_EQ(complaint(R"({"best": {"files": {"mine": []}}})"), "best.files.mine: must name 1 to 100 files");
    EXPECT_EQ(complaint(R"({"best": {"files": {"../x": ["a"]}}})"), "best.files.../x: is no name of a format");
    EXPECT_EQ(complaint(R"({"best": {"files": {"mine": [5]}}})"), "best.files.mine[0]: expected a text");
    EXPECT_EQ(
        complaint(R"({"best": {"files": {"mine": ["a"]}, "confusion_matrix": {"b": {"tp": -1, "fp": 0, "fn": 0}}}})"),
        "a progress line: best.confusion_matrix has negative counts");
    EXPECT_EQ(complaint(R"({"best": {"files": {"mine": ["a"]}, "confusion_matrix": {"b": {"tp": 1}}}})"),
              "a progress line.best.confusion_matrix.b.fp: is missing");
    EXPECT_EQ(complaint("[1]"), "none") << "told once";
    EXPECT_EQ(complaint(std::string(100'000, 'x')).substr(0, 15), "none");
}

TEST_F(ProgressLinesTest, may_tell_of_what_the_training_has_not_and_lose_that_alone)
{
    test::CapturedStderr const log;
    take(R"({"best": {"files": {"mine": ["a"]}, "confusion_matrix": {"b": {"tp": 1, "fp": 0, "fn": 0}, )"
         R"("?": {"tp": 1, "fp": 0, "fn": 0}},)"
         R"("model": {"conf_threshold": 31, "resolution": "320"}}})");
    EXPECT_EQ(lines.best()->confusion_matrix.size(), 1U);
    EXPECT_TRUE(lines.best()->description.empty());
    EXPECT_NE(log.text().find("the category '?', which the training has not"), std::string::npos);
    EXPECT_NE(log.text().find("best.model: conf_threshold must be from 0 to 1"), std::string::npos);
    EXPECT_NE(log.text().find("best.model: resolution must be a whole number of pixels"), std::string::npos);
}

TEST_F(ProgressLinesTest, grow_no_memory_by_what_they_name)
{
    for (int i = 0; i < 300; ++i) append("{\"metrics\": {\"m" + std::to_string(i) + "\": 1}}\n");
    test::CapturedStderr const log;
    for (int i = 0; i < 300; ++i) append("{\"progress\": \"" + std::to_string(i) + "\"}\n[" + std::to_string(i) + "\n");
    lines.read_new();
    EXPECT_EQ(lines.progress().metrics.size(), 100U);
    auto const told = log.text();
    EXPECT_LE(std::ranges::count(told, '\n'), 20);
}

} // namespace
} // namespace learning_loop
