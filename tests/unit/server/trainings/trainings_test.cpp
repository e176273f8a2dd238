#include "learning_loop/server/trainings/trainings.h"

#include "unit/server/trainings/trainings_fixture.h"

namespace learning_loop {
namespace {

TEST_F(TrainingsTest, one_that_waits_ends_at_once)
{
    for (auto const how : {TrainingEnd::stop, TrainingEnd::abort}) {
        auto const number = add();
        EXPECT_TRUE(end_training(number, how));
        EXPECT_EQ(state(number), "aborted");
        EXPECT_EQ(reason(number), how == TrainingEnd::stop ? "stopped by bob" : "aborted by bob");
    }
    auto const next = add();
    report("t", {"idle"});
    EXPECT_TRUE(becomes(next, "running"));
    EXPECT_EQ(trainers.begun, "t:3 ");
}

TEST_F(TrainingsTest, a_stop_is_asked_for_once_in_each_state_and_on_each_connection_and_keeps_the_model)
{
    auto const number = begin_on("t");
    report("t", {"data_downloading"}); // 0.27 lets it pass without effect but while it is running
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    report("t", {"data_downloading"});
    EXPECT_EQ(trainers.stopped, "t ");
    report("t", {"running"});
    report("t", {"running"});
    EXPECT_TRUE(io.run_until([&] { return trainers.stopped == "t t "; }));
    report("t", {"running", "second"});
    report("t", {"running", "second"});
    EXPECT_TRUE(io.run_until([&] { return trainers.stopped == "t t t "; }));
    EXPECT_EQ(state(number), "running");
    upload("t");
    report("t", {"idle", "second"});
    EXPECT_EQ(state(number), "completed");
    EXPECT_EQ(reason(number), "stopped by bob");
    EXPECT_EQ(trainers.aborted, "");
}

TEST_F(TrainingsTest, a_stop_is_not_asked_for_again_while_the_model_is_on_its_way_since_trainers_of_old_would_drop_it)
{
    auto const number = begin_on("u");
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    EXPECT_TRUE(io.run_until([&] { return trainers.stopped == "u "; }));
    for (auto const* state : {"training_finished", "confusion_matrix_syncing", "train_model_uploading", "detecting",
                              "detection_uploading", "ready_for_cleanup", "Training finished",
                              "Syncing confusion matrix", "Uploading trained model", "Cleaning training"}) {
        report("u", {state});
        report("u", {state, "second"});
    }
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    EXPECT_TRUE(io.run_until([&] { return trainers.aborted == "u "; }));
    EXPECT_EQ(trainers.stopped, "u ");
}

TEST_F(TrainingsTest, a_stop_that_leaves_no_model_is_an_abort)
{
    auto const number = begin_on("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    report("t", {"idle"});
    EXPECT_EQ(state(number), "aborted");
}

TEST_F(TrainingsTest, an_abort_ends_when_the_trainer_is_idle_also_after_a_stop)
{
    auto const number = begin_on("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    EXPECT_TRUE(io.run_until([&] { return !trainers.aborted.empty(); }));
    EXPECT_EQ(state(number), "running");
    upload("t");
    report("t", {"idle"});
    EXPECT_EQ(state(number), "aborted");
    EXPECT_EQ(reason(number), "aborted by bob");
}

TEST_F(TrainingsTest, a_stop_after_an_abort_changes_nothing)
{
    auto const number = begin_on("t");
    upload("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    report("t", {"idle"});
    EXPECT_EQ(state(number), "aborted");
    EXPECT_EQ(trainers.stopped, "");
}

TEST_F(TrainingsTest, an_abort_after_one_that_nobody_heard_ends_it_once_the_trainer_is_gone)
{
    auto const number = begin_on("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    vanish("t");
    EXPECT_EQ(state(number), "running");
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    EXPECT_EQ(state(number), "aborted");
}

TEST_F(TrainingsTest, who_has_the_id_of_its_trainer_now_is_not_asked_and_does_not_keep_it_open)
{
    add();
    auto mine = trainer("t", {"idle"});
    mine.caller = {http::Caller::Kind::node, "t", http::Access::nodes, {}};
    report_of(mine);
    EXPECT_TRUE(becomes(1, "running"));
    vanish("t");
    auto other = trainer("t", {"running", "second"});
    other.caller = {http::Caller::Kind::node, "other", http::Access::nodes, {}};
    report_of(other);
    EXPECT_TRUE(end_training(1, TrainingEnd::abort));
    EXPECT_EQ(state(1), "aborted");
}

TEST_F(TrainingsTest, what_is_lost_after_its_end_was_asked_for_is_not_begun_again)
{
    auto const number = begin_on("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    auto elsewhere = trainer("t", {"running", "second"});
    elsewhere.status.context = Context{"demo", "other"};
    report_of(std::move(elsewhere));
    EXPECT_EQ(state(number), "aborted");
}

TEST_F(TrainingsTest, a_trainer_that_has_not_heard_it_is_asked_again)
{
    trainers.hears = false;
    auto const number = begin_on("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    EXPECT_TRUE(io.run_until([&] {
        report("t", {"running"});
        return trainers.aborted == "t t ";
    }));
    EXPECT_EQ(state(number), "running");
}

TEST_F(TrainingsTest, a_stop_of_one_whose_trainer_is_gone_waits_for_the_trainer)
{
    auto const number = begin_on("t");
    vanish("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    EXPECT_EQ(state(number), "running");
    report("t", {"running", "second"});
    EXPECT_TRUE(io.run_until([&] { return !trainers.stopped.empty(); }));
}

TEST_F(TrainingsTest, who_asks_for_its_end_while_it_begins_is_heard)
{
    trainers.is_slow = true;
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(begins("t:1 "));
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    EXPECT_EQ(trainers.aborted, "");
    trainers.answer_now(BeginAnswer::Kind::accepted);
    EXPECT_TRUE(io.run_until([&] { return trainers.aborted == "t "; }));
    report("t", {"idle"});
    EXPECT_EQ(state(number), "aborted");
}

TEST_F(TrainingsTest, one_that_is_refused_after_its_abort_has_ended)
{
    trainers.is_slow = true;
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(begins("t:1 "));
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    trainers.answer_now(BeginAnswer::Kind::refused);
    EXPECT_TRUE(becomes(number, "aborted"));
}

TEST_F(TrainingsTest, what_has_ended_cannot_be_ended)
{
    auto const number = add();
    EXPECT_TRUE(end_training(number, TrainingEnd::abort));
    auto const refused = end_training(number, TrainingEnd::stop);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_EQ(refused.error().message, "the training 1 has ended already");
}

TEST_F(TrainingsTest, a_wish_to_end_survives_a_restart)
{
    auto const number = begin_on("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::stop));
    restart();
    trainers.stopped.clear();
    report("t", {"running", "second"});
    EXPECT_TRUE(io.run_until([&] { return trainers.stopped == "t "; }));
}

TEST_F(TrainingsTest, a_result_is_of_the_training_that_its_trainer_has)
{
    EXPECT_EQ(tell(result_of("t")).error().message, "no training found for trainer t in demo/field");
    begin_on("t");
    EXPECT_EQ(tell(result_of("t"))->training, row(1).number);
    EXPECT_EQ(tell(result_of("other")).error().code, Errc::not_found);
    auto const elsewhere = io.run(trainings->add_result({"demo", "other"}, result_of("t"), {}));
    EXPECT_EQ(elsewhere.error().code, Errc::not_found);
}

TEST_F(TrainingsTest, a_result_is_taken_from_nobody_but_its_trainer)
{
    http::Caller const node{http::Caller::Kind::node, "t", http::Access::nodes, {}};
    auto mine = trainer("t", {"idle"});
    mine.caller = node;
    add();
    report_of(std::move(mine));
    EXPECT_TRUE(becomes(1, "running"));
    Context const context{project.organization, project.name};
    auto other = node;
    other.name = "other";
    EXPECT_EQ(io.run(trainings->add_result(context, result_of("t"), other)).error().code, Errc::forbidden);
    auto const model = io.run(trainings->add_result(context, result_of("t"), node)).value().model;
    EXPECT_EQ(io.run(trainings->check_format_of(model, other)).error().code, Errc::forbidden);
    EXPECT_TRUE(io.run(trainings->check_format_of(model, node)));
    EXPECT_TRUE(io.run(trainings->check_format_of("of no training", other)));
}

TEST_F(TrainingsTest, others_may_add_formats_to_its_model_once_it_has_ended_and_that_is_told)
{
    http::Caller const converter{http::Caller::Kind::node, "converter", http::Access::nodes, {}};
    auto const number = begin_on("t1");
    auto const model = upload("t1");
    auto const refused = io.run(trainings->check_format_of(model, converter));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("until it has ended"), std::string::npos) << refused.error().message;
    EXPECT_EQ(changes, std::vector<Context>());
    report("t1", {"idle"});
    EXPECT_EQ(state(number), "completed");
    EXPECT_EQ(changes, (std::vector{Context{project.organization, project.name}}));
    EXPECT_TRUE(io.run(trainings->check_format_of(model, converter)));
}

TEST_F(TrainingsTest, a_project_that_is_deleted_ends_its_trainings)
{
    begin_on("t");
    add();
    trainings->forget_project(project.number);
    EXPECT_TRUE(io.run_until([&] { return trainers.aborted == "t "; }));
    report("t", {"idle"});
    auto const next = add();
    EXPECT_TRUE(becomes(next, "running"));
    EXPECT_EQ(trainers.begun, "t:1 t:3 ");
}

TEST_F(TrainingsTest, a_thousand_may_be_open)
{
    for (int i = 0; i < 1000; ++i) add();
    auto const refused = io.run(trainings->add(project, {}, "ann"));
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().message.find("abort some of them"), std::string::npos);
}

TEST_F(TrainingsTest, its_progress_is_what_its_trainer_told_last)
{
    begin_on("t");
    auto told = trainer("t", {"running"});
    told.status.progress = 0.25;
    report_of(std::move(told));
    EXPECT_EQ(trainings->progress_of(row(1).number), 0.25);
}

} // namespace
} // namespace learning_loop
