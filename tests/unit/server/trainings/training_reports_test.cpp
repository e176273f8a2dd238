#include "learning_loop/server/trainings/training_reports.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct TrainingReportsTest : testing::Test {
    store::TrainingRepository::StoredResult stored;
    std::vector<Category> const categories{{"id-1", "beet", {}, {}, {}, {}, "box"}};

    TrainingResult result(std::string const& matrix)
    {
        stored.row.confusion_matrix = matrix;
        return result_of(stored, categories);
    }
};

TEST_F(TrainingReportsTest, tell_all_that_is_kept_of_a_training)
{
    store::TrainingRow row;
    row.training_number = 7;
    row.state = TrainingState::running;
    row.requested_end = TrainingEnd::stop;
    row.reason = "why";
    row.created = "1";
    row.created_by = "ann";
    row.begun = "2";
    row.base_model = "base";
    row.model_variant = "small";
    row.hyperparameters = R"({"epochs": "3"})";
    row.trainer = "t";
    row.trainer_name = "tom";
    row.trainer_state = "Detecting";
    row.errors = R"({"upload": "no network"})";
    row.dataset = "hash";
    auto const entry = entry_of(row);
    EXPECT_EQ(entry.training_number, 7);
    EXPECT_EQ(entry.state, TrainingState::running);
    EXPECT_EQ(entry.requested_end, TrainingEnd::stop);
    EXPECT_EQ(entry.reason, "why");
    EXPECT_EQ(entry.created + entry.created_by + *entry.begun, "1ann2");
    EXPECT_EQ(entry.ended, std::nullopt);
    EXPECT_EQ(*entry.base_model_uuid + entry.model_variant, "basesmall");
    EXPECT_EQ(entry.hyperparameters.at("epochs"), "3");
    EXPECT_EQ(*entry.trainer_id + *entry.trainer_name + *entry.trainer_state, "ttomDetecting");
    EXPECT_EQ(entry.errors.at("upload"), "no network");
    EXPECT_EQ(entry.dataset_revision, "hash");
    EXPECT_EQ(entry.progress, std::nullopt);
    EXPECT_EQ(entry.trainer_lost_since, std::nullopt);
}

TEST_F(TrainingReportsTest, of_rows_that_cannot_be_read_are_empty_there)
{
    store::TrainingRow row;
    for (auto const* text : {"", "{", "[]", "7"}) {
        row.hyperparameters = text;
        row.errors = text;
        EXPECT_TRUE(entry_of(row).hyperparameters.empty()) << text;
        EXPECT_TRUE(entry_of(row).errors.empty()) << text;
        stored.row.hyperparameters = text;
        EXPECT_TRUE(result(text).categories.empty()) << text;
        EXPECT_EQ(result(text).f1, 0) << text;
    }
}

TEST_F(TrainingReportsTest, tell_what_came_with_a_result_and_what_became_of_its_model)
{
    stored.row.model = "m";
    stored.row.received = "now";
    stored.row.best_epoch = 3;
    stored.row.train_image_count = 20;
    stored.row.test_image_count = 5;
    stored.row.hyperparameters = R"({"epochs": 3})";
    auto const waiting = result("{}");
    EXPECT_EQ(waiting.model_id + waiting.received, "mnow");
    EXPECT_EQ(waiting.model_version, std::nullopt);
    EXPECT_TRUE(waiting.formats.empty());
    EXPECT_EQ(waiting.best_epoch, 3);
    EXPECT_EQ(waiting.train_image_count, 20);
    EXPECT_EQ(waiting.test_image_count, 5);
    EXPECT_EQ(waiting.hyperparameters.at("epochs"), 3);
    stored.model.emplace();
    stored.model->version = "1.1";
    stored.model->formats = {"mocked", "onnx"};
    EXPECT_EQ(result("{}").model_version, "1.1");
    EXPECT_EQ(result("{}").formats.size(), 2U);
}

TEST_F(TrainingReportsTest, score_each_category_by_what_was_found_and_what_was_there)
{
    auto const scores = result(R"({"id-1": {"tp": 6, "fp": 2, "fn": 4}, "id-9": {"tp": 1, "fp": 0, "fn": 0}})");
    ASSERT_EQ(scores.categories.size(), 2U);
    auto const& beet = scores.categories[0];
    EXPECT_EQ(beet.category_id + " " + beet.category_name, "id-1 beet");
    EXPECT_EQ(beet.tp + 100 * beet.fp + 10'000 * beet.fn, 40'206);
    EXPECT_DOUBLE_EQ(beet.precision, 0.75);
    EXPECT_DOUBLE_EQ(beet.recall, 0.6);
    EXPECT_DOUBLE_EQ(beet.f1, 2 * 0.75 * 0.6 / (0.75 + 0.6));
    EXPECT_EQ(scores.categories[1].category_name, ""); // the project has it no more
    EXPECT_DOUBLE_EQ(scores.categories[1].f1, 1);
}

TEST_F(TrainingReportsTest, score_0_where_nothing_can_be_divided)
{
    auto const scores = result(R"({"a": {"tp": 0, "fp": 0, "fn": 0}, "b": {"tp": 0, "fp": 3, "fn": 0},
                                   "c": {"tp": 0, "fp": 0, "fn": 3}, "d": {"tp": 0, "fp": 3, "fn": 3}})");
    ASSERT_EQ(scores.categories.size(), 4U);
    for (auto const& score : scores.categories)
        EXPECT_EQ(score.precision + score.recall + score.f1, 0) << score.category_id;
    EXPECT_EQ(scores.f1, 0);
}

TEST_F(TrainingReportsTest, score_a_model_by_the_mean_of_its_categories_however_many_marks_they_have)
{
    auto const scores = result(R"({"rare": {"tp": 1, "fp": 0, "fn": 0}, "never": {"tp": 0, "fp": 0, "fn": 0},
                                   "often": {"tp": 1000, "fp": 1000, "fn": 1000}})");
    EXPECT_DOUBLE_EQ(scores.f1, (1 + 0 + 0.5) / 3);
    EXPECT_EQ(result("{}").f1, 0);
}

} // namespace
} // namespace learning_loop
