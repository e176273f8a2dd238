#include "learning_loop/server/trainings/training_follower.h"

#include "unit/server/trainings/trainings_fixture.h"

namespace learning_loop {
namespace {

using TrainingFollowerTest = TrainingsTest;

TEST_F(TrainingFollowerTest, it_ends_completed_when_its_trainer_is_idle_and_there_is_a_model)
{
    auto const number = begin_on("t");
    for (auto const* at_work :
         {"prepare", "training_finished", "detection_uploading", "ready_for_cleanup", "Uploading model"}) {
        report("t", {at_work});
        EXPECT_EQ(state(number), "running");
        EXPECT_EQ(row(number).trainer_state, at_work);
    }
    upload("t");
    report("t", {"idle"});
    EXPECT_EQ(state(number), "completed");
    EXPECT_TRUE(row(number).ended);
}

TEST_F(TrainingFollowerTest, a_trainer_that_is_blocked_has_ended_it_as_well)
{
    auto const number = begin_on("t");
    upload("t");
    report("t", {"blocked"});
    EXPECT_EQ(state(number), "completed");
}

TEST_F(TrainingFollowerTest, words_that_tell_nothing_do_not_end_it)
{
    auto const number = begin_on("t");
    upload("t");
    for (auto const* word : {"", "online", "offline", "Unknown state"}) report("t", {word});
    vanish("t");
    EXPECT_EQ(state(number), "running");
}

TEST_F(TrainingFollowerTest, without_a_model_it_has_failed_and_tells_what_its_trainer_told)
{
    auto const number = begin_on("t");
    report("t", {"data_downloading", "first", true, {{"prepare", "no images"}, {"upload_model", "refused"}}});
    report("t", {"idle"});
    EXPECT_EQ(state(number), "failed");
    EXPECT_EQ(reason(number), "prepare: no images; upload_model: refused");
}

TEST_F(TrainingFollowerTest, a_trainer_that_ends_it_without_a_word_and_a_model_points_to_its_log)
{
    auto const number = begin_on("t");
    report("t", {"idle"});
    EXPECT_EQ(state(number), "failed");
    EXPECT_EQ(reason(number), "its trainer ended it without a model: see the trainer's log");
}

TEST_F(TrainingFollowerTest, a_report_from_before_the_ack_does_not_end_it)
{
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    report("t", {"idle"});
    EXPECT_EQ(state(number), "running");
}

TEST_F(TrainingFollowerTest, a_trainer_that_was_restarted_right_after_its_ack_has_lost_it)
{
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    vanish("t");
    report("t", {"idle", "second"});
    EXPECT_TRUE(begins("t:1 t:1 "));
}

TEST_F(TrainingFollowerTest, a_trainer_that_went_all_the_way_though_its_ack_was_lost_is_not_asked_again)
{
    trainers.is_slow = true;
    report("t", {"idle"});
    auto const number = add();
    EXPECT_TRUE(begins("t:1 "));
    EXPECT_EQ(state(number), "starting");
    restart();
    upload("t");
    vanish("t");
    EXPECT_TRUE(end_training(number, TrainingEnd::stop)) << "as somebody may wish who does not see it";
    report("t", {"idle", "second"});
    EXPECT_TRUE(becomes(number, "completed"));
    EXPECT_EQ(trainers.begun, "t:1 ");
}

TEST_F(TrainingFollowerTest, a_trainer_that_comes_back_with_it_goes_on)
{
    auto const number = begin_on("t");
    vanish("t");
    report("t", {"running", "second"});
    EXPECT_EQ(state(number), "running");
    EXPECT_EQ(trainers.begun, "t:1 ");
}

TEST_F(TrainingFollowerTest, a_trainer_that_comes_back_without_it_has_lost_it_and_it_is_begun_again)
{
    auto const number = begin_on("t");
    vanish("t");
    report("t", {"idle", "second"});
    EXPECT_TRUE(begins("t:1 t:1 "));
    EXPECT_TRUE(becomes(number, "running"));
}

TEST_F(TrainingFollowerTest, what_is_lost_three_times_has_failed)
{
    auto const number = begin_on("t");
    for (auto const* again : {"second", "third"}) {
        vanish("t");
        report("t", {"idle", again});
        EXPECT_TRUE(becomes(number, "running"));
        report("t", {"running", again});
    }
    vanish("t");
    report("t", {"idle", "fourth"});
    EXPECT_TRUE(becomes(number, "failed"));
    EXPECT_EQ(reason(number), "its trainer lost it, 3 times");
    EXPECT_EQ(trainers.begun, "t:1 t:1 t:1 ");
}

TEST_F(TrainingFollowerTest, who_comes_back_without_it_after_an_error_that_is_tried_again_has_lost_it)
{
    auto const number = begin_on("t");
    report("t", {"data_downloading", "first", true, {{"prepare", "the Loop is away"}}});
    vanish("t");
    report("t", {"idle", "second"});
    EXPECT_TRUE(begins("t:1 t:1 "));
    EXPECT_TRUE(becomes(number, "running"));
}

TEST_F(TrainingFollowerTest, who_comes_back_without_it_after_an_error_that_ended_it_has_failed)
{
    for (auto const* last : {"ready_for_cleanup", "Cleaning training"}) {
        auto const number = begin_on(last);
        report(last, {last, "first", true, {{"upload_model", "no files"}}});
        vanish(last);
        report(last, {"idle", "second"});
        EXPECT_EQ(state(number), "failed");
        EXPECT_EQ(reason(number), "upload_model: no files");
        vanish(last);
    }
}

TEST_F(TrainingFollowerTest, a_trainer_that_seemed_to_have_lost_it_may_go_on_until_another_one_has_it)
{
    auto const number = begin_on("t");
    auto lost = row(number);
    lost.state = TrainingState::queued; // as it is once the trainer was seen idle
    end();
    EXPECT_TRUE(io.run(rows.keep(lost)));
    vanish("t");
    start();
    report("t", {"running", "second"});
    EXPECT_EQ(state(number), "running");
    EXPECT_EQ(trainers.begun, "t:1 ");
}

TEST_F(TrainingFollowerTest, that_one_process_of_a_trainer_is_idle_does_not_end_what_another_works_at)
{
    auto const number = begin_on("t");
    upload("t");
    report("t", {"idle", "second"});
    EXPECT_EQ(state(number), "running");
    report("t", {"idle"});
    EXPECT_EQ(state(number), "completed");
}

TEST_F(TrainingFollowerTest, an_id_that_another_node_has_now_tells_nothing_of_the_training)
{
    add();
    auto mine = trainer("t", {"idle"});
    mine.caller = {http::Caller::Kind::node, "t", http::Access::nodes, {}};
    report_of(mine);
    EXPECT_TRUE(becomes(1, "running"));
    mine.status.state = "running";
    report_of(mine);
    vanish("t");
    auto other = trainer("t", {"idle", "second"});
    other.caller = {http::Caller::Kind::node, "other", http::Access::nodes, {}};
    report_of(other);
    other.status.state = "data_downloading";
    report_of(other);
    EXPECT_EQ(state(1), "running");
    EXPECT_EQ(row(1).trainer_state, "running");
}

TEST_F(TrainingFollowerTest, a_refused_training_runs_if_its_trainer_shows_later_that_it_has_it)
{
    trainers.answer = {BeginAnswer::Kind::refused, "busy"};
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(io.run_until([&] { return reason(number) != ""; }));
    report("t", {"data_downloading"});
    EXPECT_EQ(state(number), "running");

    auto const next = add();
    report("u", {"idle"});
    EXPECT_TRUE(io.run_until([&] { return reason(next) != ""; }));
    EXPECT_TRUE(tell(result_of("u"))); // which shows it as well
    EXPECT_EQ(state(next), "running");
}

TEST_F(TrainingFollowerTest, a_trainer_that_is_at_work_for_another_project_has_lost_it)
{
    auto const number = begin_on("t");
    auto elsewhere = trainer("t", {"running", "second"});
    elsewhere.status.context = Context{"demo", "other"};
    report_of(std::move(elsewhere));
    EXPECT_EQ(state(number), "queued");
    EXPECT_EQ(reason(number), "its trainer is at work for another project");
}

TEST_F(TrainingFollowerTest, trainers_of_old_tell_no_project)
{
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    report("t", {"Downloading images", "first", false});
    EXPECT_EQ(row(number).trainer_state, "Downloading images");
    report("t", {"idle"});
    EXPECT_EQ(state(number), "failed");
}

TEST_F(TrainingFollowerTest, who_is_at_work_on_what_was_aborted_meanwhile_is_told)
{
    for (bool const tells_project : {true, false}) {
        trainers.aborted.clear();
        auto const number = begin_on("t");
        vanish("t");
        EXPECT_TRUE(end_training(number, TrainingEnd::abort));
        EXPECT_EQ(state(number), "aborted");
        EXPECT_EQ(trainers.aborted, "");
        std::string const connection = tells_project ? "new" : "old";
        report("t", {"running", connection, tells_project});
        report("t", {"running", connection, tells_project});
        EXPECT_TRUE(io.run_until([&] { return !trainers.aborted.empty(); }));
        EXPECT_EQ(trainers.aborted, "t ");
        EXPECT_EQ(state(number), "aborted");
        vanish("t");
    }
}

TEST_F(TrainingFollowerTest, who_is_at_work_for_a_project_that_was_deleted_is_told_until_it_hears)
{
    trainers.hears = false;
    auto told = trainer("t", {"running"});
    told.status.context = Context{"demo", "deleted"};
    EXPECT_TRUE(io.run_until([&] {
        report_of(told);
        return trainers.aborted == "t t ";
    }));
}

TEST_F(TrainingFollowerTest, who_comes_back_with_it_once_another_trainer_has_it_is_told)
{
    auto const number = begin_on("t");
    vanish("t");
    report("t", {"idle", "second"});
    EXPECT_TRUE(begins("t:1 t:1 "));
    EXPECT_TRUE(becomes(number, "running"));
    report("t", {"running", "second"});
    vanish("t");
    trainers.answer = {BeginAnswer::Kind::refused, ""};
    report("t", {"idle", "third"}); // "t" lost it once more, and refuses
    EXPECT_TRUE(io.run_until([&] { return reason(number).find("had no time") != std::string::npos; }));
    vanish("t");
    trainers.answer = {BeginAnswer::Kind::accepted, ""};
    report("u", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    report("t", {"running", "fourth"});
    EXPECT_TRUE(io.run_until([&] { return trainers.aborted == "t "; }));
    EXPECT_EQ(row(number).trainer, "u");
}

TEST_F(TrainingFollowerTest, who_is_at_work_on_what_the_loop_knows_nothing_of_is_left_alone)
{
    report("t", {"running"});
    begin_on("u");
    EXPECT_EQ(trainers.aborted, "");
}

} // namespace
} // namespace learning_loop
