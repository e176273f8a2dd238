#include "learning_loop/trainer/command/best_files.h"

#include "unit/trainer/command/sample_training.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <chrono>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using test::image_id;
using test::training_image;

struct BestFilesTest : testing::Test {
    test::SampleTraining sample;
    BestSection section;
    std::optional<BestState> last;

    BestFilesTest()
    {
        section.files = {{"mine", {"run/best.pt"}}, {"onnx", {"run/best.onnx"}}};
        section.detections = "run/found";
        sample.learn_from({training_image(1, ImageSet::val, {{"b", 0, 0, 20, 20}})});
    }
    /// A file of the training that was written so many seconds ago.
    void put(std::string const& name, std::string const& bytes, int seconds_ago)
    {
        test::put(sample.training.folder / name, bytes);
        age(name, seconds_ago);
    }
    void age(std::string const& name, int seconds_ago)
    {
        auto const then = std::chrono::system_clock::now() - std::chrono::seconds(seconds_ago);
        ::timespec const time{std::chrono::system_clock::to_time_t(then), 0};
        ::timespec const times[] = {time, time};
        ASSERT_EQ(::utimensat(AT_FDCWD, (sample.training.folder / name).c_str(), times, 0), 0);
    }
    Result<std::optional<BestState>> look() { return find_best_files(sample.training, section, "mine", last, 4.0); }

    /// Finds one, which is the last from then on.
    BestState found()
    {
        last = look().value();
        return last.value_or(BestState{});
    }
};

TEST_F(BestFilesTest, are_a_state_once_they_are_there_and_whenever_they_changed)
{
    EXPECT_FALSE(look().value());
    put("run/best.pt", "weights", 100);
    auto const state = found();
    EXPECT_EQ(state.files.at("mine").at(0), "run/best.pt");
    EXPECT_FALSE(state.files.contains("onnx"));
    EXPECT_EQ(state.epoch, 4);
    EXPECT_EQ(state.confusion_matrix.at("b").tp, 0);
    EXPECT_FALSE(look().value());
    put("run/best.pt", "better", 50);
    EXPECT_TRUE(look().value());
}

TEST_F(BestFilesTest, of_other_formats_count_when_they_are_of_the_same_state)
{
    put("run/best.onnx", "old", 200);
    put("run/best.pt", "weights", 100);
    EXPECT_FALSE(found().files.contains("onnx"));
    put("run/best.onnx", "new", 90);
    EXPECT_EQ(found().files.at("onnx").at(0), "run/best.onnx");
    EXPECT_FALSE(look().value());
}

TEST_F(BestFilesTest, are_measured_by_the_detections_that_come_after_them)
{
    put("run/found/" + image_id(1) + ".txt", "0 0.1 0.2 0.2 0.4 0.5\n", 300);
    age("run/found", 300);
    put("run/best.pt", "weights", 100);
    EXPECT_FALSE(found().description.contains("conf_threshold")) << "of an earlier state";
    age("run/found", 50);
    auto const state = found();
    EXPECT_EQ(state.confusion_matrix.at("b").tp, 1);
    EXPECT_EQ(to_text(state.description), R"({"conf_threshold":0.5})");
    EXPECT_FALSE(look().value());
}

TEST_F(BestFilesTest, that_a_running_program_may_still_be_writing_are_left_alone)
{
    sample.training.is_running = true;
    put("run/best.pt", "half", 0);
    EXPECT_FALSE(look().value());
    sample.training.is_running = false;
    EXPECT_TRUE(look().value()) << "nobody writes any more";
    sample.training.is_running = true;
    age("run/best.pt", 3);
    EXPECT_TRUE(look().value());
    age("run/best.pt", -3600);
    EXPECT_TRUE(look().value()) << "the clock was set back";
}

TEST_F(BestFilesTest, keep_a_threshold_that_is_given)
{
    section.conf_threshold = 0.75;
    put("run/best.pt", "weights", 100);
    EXPECT_EQ(to_text(found().description), R"({"conf_threshold":0.75})");
}

TEST_F(BestFilesTest, must_not_lie_elsewhere_by_way_of_links)
{
    test::put(sample.folder / "secret", "x");
    fs::create_directories(sample.training.folder / "run");
    fs::create_symlink(sample.folder / "secret", sample.training.folder / "run/best.pt");
    fs::last_write_time(sample.folder / "secret", fs::file_time_type::clock::now() - std::chrono::hours(1));
    EXPECT_EQ(look().error().message, "'run/best.pt' lies outside of the training's folder");
    fs::remove(sample.training.folder / "run/best.pt");
    put("run/best.pt", "weights", 100);
    fs::create_directory_symlink(sample.folder.path(), sample.training.folder / "run/found");
    EXPECT_EQ(look().error().message, "'run/found' lies outside of the training's folder");
}

} // namespace
} // namespace learning_loop
