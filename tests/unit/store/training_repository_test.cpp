#include "unit/store/training_fixture.h"

namespace learning_loop::store {
namespace {

class TrainingRepositoryTest : public TrainingStoreTest {
protected:
    std::optional<TrainingRow> find(int number) { return *test::run(trainings.find(project.number, number)); }
    std::vector<TrainingRepository::StoredResult> results(TrainingRow const& training, std::int64_t most = 100)
    {
        return test::run(trainings.results({training.number}, most)).value().at(training.number);
    }
};

TEST_F(TrainingRepositoryTest, the_trainings_of_each_project_are_numbered_from_1)
{
    auto const other = another();
    EXPECT_EQ(add().training_number, 1);
    EXPECT_EQ(add().training_number, 2);
    auto const first = add(training_of(other.number));
    EXPECT_EQ(first.training_number, 1);
    EXPECT_EQ(add().training_number, 3);
    EXPECT_EQ(find(3)->project, project.number);
    EXPECT_EQ(test::run(trainings.find(other.number, 1)).value()->number, first.number);
    EXPECT_FALSE(find(4));
}

TEST_F(TrainingRepositoryTest, a_training_comes_back_as_it_was_asked_for)
{
    add_model("base");
    auto asked = wanted();
    asked.base_model = "base";
    asked.wanted_trainer = "t";
    add(asked);
    auto const found = find(1).value();
    EXPECT_EQ(found.state, TrainingState::queued);
    EXPECT_EQ(found.created_by, "ann");
    EXPECT_EQ(found.base_model, "base");
    EXPECT_EQ(found.model_variant, "small");
    EXPECT_EQ(found.hyperparameters, R"({"resolution":640})");
    EXPECT_EQ(found.wanted_trainer, "t");
    EXPECT_EQ(found.ended, std::nullopt);
    EXPECT_EQ(found.attempts, 0);
}

TEST_F(TrainingRepositoryTest, a_training_begins_with_a_model_of_its_project_or_none)
{
    add_model("base");
    auto unknown = wanted();
    unknown.base_model = "nothing";
    auto const refused = test::run(trainings.add(unknown)).error();
    EXPECT_EQ(refused.code, Errc::unprocessable);
    EXPECT_TRUE(refused.message.starts_with("base_model_uuid: ")) << refused.message;
    EXPECT_NE(refused.message.find("nothing"), std::string::npos) << refused.message;
    auto foreign = training_of(another().number);
    foreign.base_model = "base";
    EXPECT_EQ(test::run(trainings.add(foreign)).error().code, Errc::unprocessable);
    EXPECT_EQ(rows_in("trainings"), 0);
}

TEST_F(TrainingRepositoryTest, a_base_model_that_was_deleted_is_none)
{
    add_model("base");
    ASSERT_TRUE(test::run(models.remove(project.number, project.folder, "base")).value());
    auto asked = wanted();
    asked.base_model = "base";
    EXPECT_EQ(test::run(trainings.add(asked)).error().code, Errc::unprocessable);
}

TEST_F(TrainingRepositoryTest, nothing_is_added_to_a_deleted_project)
{
    hide(project);
    EXPECT_EQ(test::run(trainings.add(wanted())).error().code, Errc::not_found);
    EXPECT_EQ(test::run(trainings.add_ended(wanted(), "m")).error().code, Errc::not_found);
    EXPECT_EQ(rows_in("trainings") + rows_in("training_results"), 0);
}

TEST_F(TrainingRepositoryTest, what_changes_is_kept_of_that_training_alone)
{
    auto first = add();
    auto const second = add();
    first.state = TrainingState::failed;
    first.requested_end = TrainingEnd::stop;
    first.reason = "no GPU";
    first.begun = "2026-01-02";
    first.ended = "2026-01-03";
    first.trainer = "t";
    first.trainer_name = "tom";
    first.architecture = "yolo";
    first.trainer_state = "running";
    first.errors = R"({"a":"b"})";
    first.attempts = 2;
    first.dataset = "hash";
    keep(first);
    auto const found = find(1).value();
    EXPECT_EQ(found.number, first.number);
    EXPECT_EQ(found.state, TrainingState::failed);
    EXPECT_EQ(found.requested_end, TrainingEnd::stop);
    EXPECT_EQ(found.reason, "no GPU");
    EXPECT_EQ(*found.begun + *found.ended, "2026-01-022026-01-03");
    EXPECT_EQ(*found.trainer + *found.trainer_name, "ttom");
    EXPECT_EQ(*found.architecture + *found.trainer_state, "yolorunning");
    EXPECT_EQ(*found.errors + *found.dataset, R"({"a":"b"}hash)");
    EXPECT_EQ(found.attempts, 2);
    EXPECT_EQ(find(2)->state, TrainingState::queued);
    EXPECT_EQ(find(2)->number, second.number);
    EXPECT_EQ(rows_in("trainings"), 2);
}

TEST_F(TrainingRepositoryTest, a_training_that_went_with_its_project_is_not_kept)
{
    auto const row = add();
    run_sql("DELETE FROM trainings");
    EXPECT_EQ(test::run(trainings.keep(row)).error().code, Errc::not_found);
    EXPECT_EQ(test::run(trainings.add_result(row.number, {})).error().code, Errc::not_found);
    EXPECT_EQ(test::run(trainings.last_result(row.number)).error().code, Errc::not_found);
    EXPECT_EQ(rows_in("trainings") + rows_in("training_results"), 0);
}

TEST_F(TrainingRepositoryTest, a_start_finds_what_has_not_ended_of_all_projects_the_oldest_first)
{
    auto const other = another(), gone = another("gone");
    auto ended = add();
    auto const first = add(training_of(other.number));
    auto const second = add();
    add(training_of(gone.number));
    ended.state = TrainingState::aborted;
    ended.ended = "2026";
    keep(ended);
    hide(gone);
    auto const open = trainings.open_at_start();
    ASSERT_EQ(open.size(), 2U);
    EXPECT_EQ(open[0].row.number, first.number);
    EXPECT_EQ(open[0].organization + "/" + open[0].project, "demo/other");
    EXPECT_EQ(open[1].row.number, second.number);
    EXPECT_EQ(open[1].project, "field");
}

TEST_F(TrainingRepositoryTest, the_newest_trainings_come_first_and_no_more_than_are_asked_for)
{
    for (int i = 0; i < 4; ++i) add();
    add(training_of(another().number));
    auto const newest = *test::run(trainings.all(project.number, 3));
    ASSERT_EQ(newest.size(), 3U);
    EXPECT_EQ(newest[0].training_number, 4);
    EXPECT_EQ(newest[2].training_number, 2);
}

TEST_F(TrainingRepositoryTest, each_result_has_a_model_of_its_own)
{
    auto const training = add();
    TrainingOut out = told(7, 3);
    out.train_image_count = 20;
    out.test_image_count = 5;
    out.hyperparameters = {{"epochs", "3"}};
    auto const first = test::run(trainings.add_result(training.number, out)).value();
    auto const second = tell(training, 8);
    EXPECT_NE(first.model, second);
    auto const all = results(training);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].row.model, first.model);
    EXPECT_EQ(all[0].row.confusion_matrix, R"({"id-1":{"tp":7,"fp":0,"fn":1}})");
    EXPECT_EQ(all[0].row.hyperparameters, R"({"epochs":"3"})");
    EXPECT_EQ(all[0].row.train_image_count, 20);
    EXPECT_EQ(all[0].row.test_image_count, 5);
    EXPECT_EQ(all[0].row.best_epoch, 3);
    EXPECT_FALSE(all[0].row.received.empty());
    EXPECT_EQ(all[1].row.model, second);
}

TEST_F(TrainingRepositoryTest, a_result_that_is_told_twice_in_a_row_is_one)
{
    auto const training = add(), other = add();
    auto const first = tell(training, 1), second = tell(training, 2);
    EXPECT_EQ(tell(training, 2), second); // the answer was lost
    EXPECT_NE(tell(other, 2), second);
    auto const back = tell(training, 1); // as good as an earlier one, but another model
    EXPECT_NE(back, first);
    EXPECT_EQ(rows_in("training_results WHERE training = " + std::to_string(training.number)), 3);
}

TEST_F(TrainingRepositoryTest, whatever_differs_makes_another_result)
{
    auto const training = add();
    auto const add_result = [&](TrainingOut const& out) {
        EXPECT_TRUE(test::run(trainings.add_result(training.number, out)));
    };
    auto out = told(1);
    add_result(out);
    add_result(out);
    out.best_epoch = 2;
    add_result(out);
    out.train_image_count = 3;
    add_result(out);
    out.test_image_count = 4;
    add_result(out);
    out.hyperparameters["epochs"] = 5;
    add_result(out);
    out.confusion_matrix["id-1"].fn = 6;
    add_result(out);
    EXPECT_EQ(rows_in("training_results"), 6);
}

TEST_F(TrainingRepositoryTest, beyond_a_thousand_results_the_last_one_is_replaced)
{
    auto const training = add(), other = add();
    tell(other, 1);
    auto fill = [&](Database& database) -> Result<void> {
        for (int i = 1; i < 1000; ++i) {
            TrainingResultRow row;
            row.training = training.number;
            row.model = "model " + std::to_string(i);
            insert(database, row);
        }
        return {};
    };
    ASSERT_TRUE(io.run(lanes.write(fill)));
    auto const last = tell(training, 1);
    EXPECT_EQ(rows_in("training_results"), 1001);
    auto const next = tell(training, 2);
    EXPECT_NE(next, last);
    EXPECT_EQ(rows_in("training_results"), 1001);
    EXPECT_EQ(rows_in("training_results WHERE model = '" + last + "'"), 0);
    EXPECT_EQ(test::run(trainings.last_result(training.number))->model, next);
    EXPECT_EQ(results(training, 2).at(0).row.model, "model 999");
    add_file(next);
    tell(training, 3); // what has files stays
    EXPECT_EQ(rows_in("training_results"), 1002);
}

TEST_F(TrainingRepositoryTest, the_last_result_is_made_if_the_training_has_told_none)
{
    auto const training = add(), other = add();
    tell(other, 1);
    auto const made = test::run(trainings.last_result(training.number)).value();
    EXPECT_EQ(made.training, training.number);
    EXPECT_EQ(made.confusion_matrix, "{}");
    EXPECT_FALSE(made.model.empty());
    EXPECT_EQ(test::run(trainings.last_result(training.number))->model, made.model);
    auto const told_of = tell(training, 1);
    EXPECT_EQ(test::run(trainings.last_result(training.number))->model, told_of);
    EXPECT_EQ(rows_in("training_results"), 3);
}

TEST_F(TrainingRepositoryTest, results_come_with_their_models_and_only_the_newest)
{
    auto const training = add(), without = add();
    auto const first = tell(training, 1), second = tell(training, 2), third = tell(training, 3);
    add_file(second);
    add_file(second, "onnx");
    auto const found = test::run(trainings.results({training.number, without.number}, 2)).value();
    EXPECT_EQ(found.size(), 2U);
    EXPECT_TRUE(found.at(without.number).empty());
    auto const& newest = found.at(training.number);
    ASSERT_EQ(newest.size(), 2U);
    EXPECT_EQ(newest[0].row.model, second);
    EXPECT_EQ(newest[0].model->version, "1.0");
    EXPECT_EQ(newest[0].model->formats, (std::vector<std::string>{"mocked", "onnx"}));
    EXPECT_EQ(newest[1].row.model, third);
    EXPECT_FALSE(newest[1].model);
    EXPECT_EQ(results(training).at(0).row.model, first);
}

TEST_F(TrainingRepositoryTest, a_training_has_a_model_once_one_has_files)
{
    auto const training = add(), other = add();
    auto const has_model = [&](TrainingRow const& row) { return test::run(trainings.has_model(row.number)).value(); };
    auto const model = tell(training, 1);
    tell(training, 2);
    EXPECT_FALSE(has_model(training));
    ASSERT_TRUE(test::run(models.reserve_format(project.number, model, {"mocked", "begun"})).value());
    EXPECT_FALSE(has_model(training));
    add_file(model);
    EXPECT_TRUE(has_model(training));
    EXPECT_FALSE(has_model(other));
}

TEST_F(TrainingRepositoryTest, the_last_training_of_a_trainer_is_told_of_any_project)
{
    auto const other = another();
    auto const give = [&](TrainingRow row, std::string trainer) {
        row.trainer = std::move(trainer);
        keep(row);
        return row.training_number;
    };
    auto const last = [&](std::string trainer) { return *test::run(trainings.last_of_trainer(trainer)); };
    give(add(), "t");
    give(add(), "t");
    give(add(), "u");
    give(add(training_of(other.number)), "t");
    give(add(training_of(other.number)), "v");
    EXPECT_EQ(last("t")->training_number, 1);
    EXPECT_EQ(last("t")->project, other.number);
    EXPECT_EQ(last("u")->training_number, 3);
    EXPECT_EQ(last("v")->training_number, 2);
    EXPECT_FALSE(last(""));
}

TEST_F(TrainingRepositoryTest, a_model_is_in_the_making_until_it_has_files_and_its_training_has_ended)
{
    auto const in_the_making = [&](std::string const& model) {
        auto const found = *test::run(trainings.find_in_the_making(model));
        return found ? found->training_number : 0;
    };
    auto training = add();
    auto const first = tell(training, 1), second = tell(training, 2);
    EXPECT_EQ(in_the_making(first), 1);
    add_file(first);
    EXPECT_EQ(in_the_making(first), 1);
    training.ended = "2026";
    keep(training);
    EXPECT_EQ(in_the_making(first), 0);
    EXPECT_EQ(in_the_making(second), 1); // it has no files, and nobody else may give it any
    EXPECT_EQ(in_the_making("nothing"), 0);
}

TEST_F(TrainingRepositoryTest, a_dataset_is_used_by_trainings_of_its_project)
{
    auto training = add();
    training.dataset = "hash";
    keep(training);
    EXPECT_EQ(*test::run(trainings.uses_dataset(project.number, "hash")), true);
    EXPECT_EQ(*test::run(trainings.uses_dataset(project.number, "other")), false);
    EXPECT_EQ(*test::run(trainings.uses_dataset(another().number, "hash")), false);
}

TEST_F(TrainingRepositoryTest, the_architecture_of_a_model_is_that_of_its_trainer)
{
    auto const architecture_of = [&](std::string const& model) { return *test::run(trainings.architecture_of(model)); };
    auto training = add();
    auto const model = tell(training, 1);
    EXPECT_EQ(architecture_of(model), std::nullopt);
    training.architecture = "yolo";
    keep(training);
    EXPECT_EQ(architecture_of(model), "yolo");
    EXPECT_EQ(architecture_of("nothing"), std::nullopt);
}

TEST_F(TrainingRepositoryTest, a_training_that_has_ended_is_added_with_its_only_model_once)
{
    add();
    auto ended = wanted();
    ended.state = TrainingState::completed;
    ended.ended = "2026";
    ASSERT_TRUE(test::run(trainings.add_ended(ended, "m")));
    ASSERT_TRUE(test::run(trainings.add_ended(ended, "m")));
    EXPECT_EQ(rows_in("trainings"), 2);
    EXPECT_EQ(find(2)->state, TrainingState::completed);
    ASSERT_EQ(results(*find(2)).size(), 1U);
    EXPECT_EQ(results(*find(2))[0].row.model, "m");
    ASSERT_TRUE(test::run(trainings.add_ended(ended, "another")));
    EXPECT_EQ(find(3)->project, project.number);
}

TEST_F(TrainingRepositoryTest, a_new_training_brings_its_project_to_the_front)
{
    another("younger");
    EXPECT_EQ(test::run(projects.all())->at(0).name, "younger");
    add();
    EXPECT_EQ(test::run(projects.all())->at(0).name, "field");
}

} // namespace
} // namespace learning_loop::store
