#include "learning_loop/trainer/training/training_store.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/json/json.h"
#include "support/run.h"
#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using test::run;
using test::TempFolder;

constexpr auto* uuid = "0193b3a6-0000-7000-8000-000000000001";

TrainingRecord noted_record()
{
    TrainingRecord record;
    record.id = new_uuid();
    record.context = {"zauberzeug", "demo"};
    record.details.categories = {{"c1", "beet", {}, {}, {}, {}, "box"}};
    record.details.training_number = 7;
    record.details.hyperparameters = {{"resolution", "832"}, {"epochs", 12}, {"flip", true}, {"rate", 0.25}};
    record.details.base_model_uuid = "no uuid";
    record.state = TrainerState::train_model_uploading;
    record.course = TrainingCourse::stopped;
    record.begun_ms = 1'700'000'000'123;
    record.images = {47, 3, 10, 3, 1};
    record.has_run = true;
    record.best = PublishedState{{{"c1", {3, 1, 2}}}, 4, {{"batch_size", 8}}, {}, "best_2", {}, "mark"};
    record.best->description = {{"conf_threshold", 0.31}};
    record.best->files = {{"onnx", {"a.onnx"}}};
    record.scores = {{3, 0.25}, {4, 0.5}};
    record.uploaded = {{"onnx", uuid}};
    record.model_id = uuid;
    record.detections = 20;
    record.detections_sent = 10;
    record.bytes_sent = 1234;
    return record;
}

std::filesystem::path record_file(TempFolder const& folder)
{
    return folder / (std::string("last_training__") + uuid + ".json");
}

TEST(TrainingStore, gives_back_what_was_kept_in_another_process)
{
    TempFolder const folder;
    auto const record = noted_record();
    TrainingStore first(folder.path(), uuid);
    EXPECT_FALSE(first.load());
    ASSERT_TRUE(run(first.save(record)));
    auto const loaded = TrainingStore(folder.path(), uuid).load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(to_json(*loaded), to_json(record));
}

TEST(TrainingStore, forgets_what_was_removed)
{
    TempFolder const folder;
    TrainingStore store(folder.path(), uuid);
    ASSERT_TRUE(run(store.save(noted_record())));
    ASSERT_TRUE(run(store.remove()));
    ASSERT_TRUE(run(store.remove())); // a clean-up that is done again
    EXPECT_FALSE(store.load());
    EXPECT_FALSE(store.problem());
}

TEST(TrainingStore, puts_a_record_aside_that_cannot_be_read_and_says_so)
{
    auto outside = noted_record();
    outside.context.organization = "../..";
    for (auto const& text : {std::string(), std::string("{\"id\":"), std::string("[1]"), to_text(to_json(outside))}) {
        TempFolder const folder;
        test::put(record_file(folder), text);
        TrainingStore store(folder.path(), uuid);
        EXPECT_FALSE(store.load()) << text;
        ASSERT_TRUE(store.problem()) << text;
        EXPECT_NE(store.problem()->find("is put aside as last_training__"), std::string::npos) << *store.problem();
        EXPECT_EQ(test::bytes_of(record_file(folder).string() + ".broken"), text);
        EXPECT_TRUE(run(store.save(noted_record())));
    }
}

TEST(TrainingStore, keeps_the_older_record_if_the_disk_is_full)
{
    TempFolder const folder;
    TrainingStore store(folder.path(), uuid);
    auto const older = noted_record();
    ASSERT_TRUE(run(store.save(older)));
    auto newer = older;
    newer.details.model_variant = std::string(100'000, 'x');
    {
        test::ShortOfSpace const full(1000);
        auto const saved = run(store.save(newer));
        ASSERT_FALSE(saved);
        EXPECT_EQ(saved.error().code, Errc::out_of_space);
    }
    auto const loaded = store.load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(to_json(*loaded), to_json(older));
}

TEST(MeanF1, is_the_unweighted_mean_of_the_categories)
{
    EXPECT_DOUBLE_EQ(mean_f1({{"a", {3, 1, 1}}, {"b", {0, 0, 0}}}), (0.75 + 0) / 2);
    EXPECT_DOUBLE_EQ(mean_f1({}), 0);
}

} // namespace
} // namespace learning_loop
