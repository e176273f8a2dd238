#include "learning_loop/trainer/training/training_folders.h"

#include "learning_loop/base/ids.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

class TrainingFoldersTest : public testing::Test {
protected:
    TrainingFoldersTest()
    {
        record.id = new_uuid();
        record.context = {"zauberzeug", "demo"};
        record.details.training_number = 3;
        record.reason = "the Loop does not want it";
        EXPECT_TRUE(make_training_folder(folders()));
    }

    TrainingFolders folders() const { return {data.path(), record}; }

    BestState best(std::vector<fs::path> files)
    {
        BestState state;
        state.confusion_matrix = {{"c1", {1, 2, 3}}};
        state.epoch = 4;
        state.files["own"] = std::move(files);
        state.description["conf_threshold"] = 0.3;
        state.mark = "m";
        return state;
    }

    std::vector<std::string> names_in(fs::path const& folder)
    {
        std::vector<std::string> names;
        for (auto const& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
        std::ranges::sort(names);
        return names;
    }

    test::TempFolder data;
    TrainingRecord record;
};

TEST_F(TrainingFoldersTest, copies_of_a_best_state_stay_when_the_process_writes_over_its_files)
{
    test::put(folders().training / "weights.bin", "good");
    auto const kept = keep_best_files(folders(), best({"weights.bin"}), "best_1");
    ASSERT_TRUE(kept) << kept.error().message;
    test::put(folders().training / "weights.bin", "half writ");
    auto const state = best_state_of(folders(), *kept);
    ASSERT_EQ(state.files.at("own").size(), 1u);
    EXPECT_EQ(test::bytes_of(state.files.at("own")[0]), "good");
    EXPECT_EQ(state.epoch, 4);
    EXPECT_EQ(state.mark, "m");
    EXPECT_EQ(state.description.at("conf_threshold"), 0.3);
}

TEST_F(TrainingFoldersTest, the_program_may_call_its_own_files_as_it_likes)
{
    test::put(folders().training / "best_1/weights.bin", "good");
    ASSERT_TRUE(keep_best_files(folders(), best({"best_1/weights.bin"}), "best_1"));
    ASSERT_TRUE(keep_best_files(folders(), best({"best_1/weights.bin"}), "best_2"));
    remove_best_files_but(folders(), "best_2");
    EXPECT_EQ(test::bytes_of(folders().training / "best_1/weights.bin"), "good");
}

TEST_F(TrainingFoldersTest, a_best_state_without_sound_files_is_refused_by_name)
{
    fs::create_directory(folders().training / "folder");
    test::put(folders().training / "a/w", "1");
    test::put(folders().training / "b/w", "2");
    auto const refused = [&](std::vector<fs::path> files) {
        auto const kept = keep_best_files(folders(), best(std::move(files)), "best_1");
        return kept ? std::string() : kept.error().message;
    };
    EXPECT_EQ(refused({"absent"}), "the file 'absent' of the best state is none");
    EXPECT_EQ(refused({"folder"}), "the file 'folder' of the best state is none");
    EXPECT_EQ(refused({"a/w", "b/w"}), "the file 'b/w' of the best state has the name of another one");
    EXPECT_EQ(refused({}), "the best state has a format without files");
    auto state = best({"a/w"});
    state.files["../x"] = state.files["own"];
    EXPECT_FALSE(keep_best_files(folders(), state, "best_1"));
}

TEST_F(TrainingFoldersTest, only_the_newest_best_state_stays)
{
    test::put(folders().training / "w", "1");
    for (auto const* folder : {"best_1", "best_2", "best_10"})
        ASSERT_TRUE(keep_best_files(folders(), best({"w"}), folder));
    remove_best_files_but(folders(), "best_2");
    EXPECT_EQ(names_in(folders().best), std::vector<std::string>{"best_2"});
}

TEST_F(TrainingFoldersTest, other_trainings_of_the_project_are_removed_and_those_of_others_are_not)
{
    auto const other_project = data / "zauberzeug/other/trainings/x/last_training.log";
    test::put(folders().trainings / "older/last_training.log", "");
    test::put(other_project, "");
    remove_other_trainings(folders());
    EXPECT_EQ(names_in(folders().trainings), std::vector<std::string>{record.id});
    EXPECT_TRUE(fs::exists(other_project));
}

TEST_F(TrainingFoldersTest, after_a_training_its_log_stays_or_everything_if_that_is_wanted)
{
    for (auto const* name :
         {"last_training.log", "last_training.1.log", "w", "detections.jsonl", "images_to_look_at.txt"})
        test::put(folders().training / name, "");
    test::put(folders().model_to_detect_with / "model.json", "");
    tidy_training_folder(folders(), true);
    EXPECT_EQ(names_in(folders().training),
              (std::vector<std::string>{"last_training.1.log", "last_training.log", "w"}));
    tidy_training_folder(folders(), false);
    EXPECT_EQ(names_in(folders().training), (std::vector<std::string>{"last_training.1.log", "last_training.log"}));
}

TEST_F(TrainingFoldersTest, a_model_that_no_loop_has_taken_is_set_aside_with_the_reason_and_twenty_of_them_stay)
{
    std::vector<std::string> names;
    for (int i = 0; i < 22; ++i) {
        record.begun_ms = 1'700'000'000'000 + i;
        test::put(folders().training / "w", std::to_string(i));
        record.best = keep_best_files(folders(), best({"w"}), "best_1").value();
        ASSERT_TRUE(set_model_aside(folders(), record));
        ASSERT_TRUE(set_model_aside(folders(), record)); // again after a crash
    }
    names = names_in(folders().kept_models);
    ASSERT_EQ(names.size(), 20u);
    auto const newest = folders().kept_models / names.back();
    EXPECT_EQ(test::bytes_of(newest / "own/w"), "21");
    EXPECT_EQ(test::bytes_of(newest / "why_it_is_here.txt"),
              "training #3 of zauberzeug/demo: the Loop does not want it\n");
    EXPECT_EQ(test::bytes_of(folders().kept_models / names.front() / "own/w"), "2");
}

} // namespace
} // namespace learning_loop
