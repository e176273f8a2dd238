#include "learning_loop/server/trainings/training_queue.h"

#include "unit/server/trainings/trainings_fixture.h"

#include <fstream>

namespace learning_loop {
namespace {

using TrainingQueueTest = TrainingsTest;

TEST_F(TrainingQueueTest, a_training_waits_until_a_trainer_is_idle)
{
    auto const number = add();
    EXPECT_EQ(state(number), "queued");
    for (auto const* busy :
         {"running", "blocked", "online", "Unknown state", "offline", "", "waiting_for_slot", "prepare"})
        report("t", {busy, "first", false});
    report("u", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(trainers.begun, "u:1 ");
    auto const next = add();
    report("t", {"idle"});
    EXPECT_TRUE(becomes(next, "running"));
    EXPECT_EQ(trainers.begun, "u:1 t:2 ");
}

TEST_F(TrainingQueueTest, a_trainer_that_is_idle_already_gets_the_next_training_at_once)
{
    report("t", {"idle"});
    add();
    EXPECT_TRUE(begins("t:1 "));
}

TEST_F(TrainingQueueTest, the_oldest_is_first_and_a_trainer_has_one_at_a_time)
{
    auto const first = add();
    auto const second = add();
    report("t", {"idle"});
    EXPECT_TRUE(becomes(first, "running"));
    report("t", {"running"});
    report("t", {"idle"});
    EXPECT_TRUE(becomes(second, "running"));
    EXPECT_EQ(state(first), "failed");
    EXPECT_EQ(trainers.begun, "t:1 t:2 ");
}

TEST_F(TrainingQueueTest, two_connections_of_one_trainer_are_one_trainer_and_one_begin)
{
    trainers.is_slow = true;
    add();
    auto const other = add();
    report("t", {"idle", "first"});
    EXPECT_TRUE(begins("t:1 "));
    for (int i = 0; i < 3; ++i) {
        report("t", {"idle", "second"});
        report("t", {"idle", "first"});
    }
    report("u", {"idle"});
    EXPECT_TRUE(begins("t:1 u:2 "));
    EXPECT_EQ(state(other), "starting");
}

TEST_F(TrainingQueueTest, a_variant_goes_to_a_trainer_that_has_it)
{
    auto const number = add(of_variant("small"));
    auto without = trainer("a", {"idle"});
    without.status.pretrained_models = {{"large", "", ""}};
    report_of(std::move(without));
    report("b", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(trainers.begun, "b:1 ");
}

TEST_F(TrainingQueueTest, a_training_for_one_trainer_waits_for_that_one)
{
    NewTraining wanted;
    wanted.trainer_id = "b";
    auto const number = add(std::move(wanted));
    report("a", {"idle"});
    report("b", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(trainers.begun, "b:1 ");
}

TEST_F(TrainingQueueTest, a_model_is_continued_by_a_trainer_of_the_architecture_that_made_it)
{
    begin_on("a");
    auto const model = upload("a");
    report("a", {"blocked"});
    EXPECT_TRUE(becomes(1, "completed"));
    NewTraining wanted;
    wanted.base_model_uuid = model;
    auto const number = add(std::move(wanted));
    auto other = trainer("b", {"idle"});
    other.status.architecture = "rt-detr";
    report_of(std::move(other));
    EXPECT_EQ(state(number), "queued");
    report("c", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(row(number).trainer, "c");
    EXPECT_EQ(trainers.details.at("base_model_uuid"), model.c_str());
}

TEST_F(TrainingQueueTest, a_trainer_whose_token_is_for_another_project_gets_none)
{
    auto const number = add();
    auto foreign = trainer("a", {"idle"});
    foreign.caller.only = http::ProjectScope{"demo", "other"};
    report_of(std::move(foreign));
    report("b", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(trainers.begun, "b:1 ");
}

TEST_F(TrainingQueueTest, what_it_trains_on_is_kept_before_it_begins)
{
    begin_on("t");
    auto const revision = row(1).dataset.value();
    auto const content = test::bytes_of(datasets.path_of(project, revision));
    EXPECT_EQ(hex(sha256(content)), revision);
    EXPECT_TRUE(content.starts_with(R"({"categories":[{"id":"id-1")")) << content;
}

TEST_F(TrainingQueueTest, a_refusal_leaves_it_queued_for_another_trainer)
{
    trainers.answer = {BeginAnswer::Kind::refused, "no GPU"};
    auto const number = add();
    report("a", {"idle"});
    EXPECT_TRUE(io.run_until([&] { return reason(number) == "the trainer 'trainer a' had no time: no GPU"; }));
    EXPECT_EQ(state(number), "queued");
    EXPECT_EQ(row(number).attempts, 0);
    trainers.answer = {BeginAnswer::Kind::accepted};
    report("a", {"idle"}); // who has just refused is not asked again at once
    report("b", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(trainers.begun, "a:1 b:1 ");
    EXPECT_EQ(reason(number), "");
}

TEST_F(TrainingQueueTest, a_refusal_of_a_trainer_that_is_at_work_on_it_is_an_ack_that_was_lost)
{
    trainers.is_slow = true;
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(begins("t:1 "));
    report("t", {"data_downloading"});
    EXPECT_EQ(state(number), "starting");
    trainers.answer_now(BeginAnswer::Kind::refused);
    EXPECT_TRUE(becomes(number, "running"));
}

TEST_F(TrainingQueueTest, a_trainer_that_is_gone_before_it_is_asked_leaves_it_to_another)
{
    trainers.answer = {BeginAnswer::Kind::not_sent, "is not connected any more"};
    auto const number = add();
    report("a", {"idle"});
    EXPECT_TRUE(io.run_until([&] { return reason(number) == "the trainer 'trainer a' is not connected any more"; }));
    EXPECT_EQ(row(number).attempts, 0);
    trainers.answer = {BeginAnswer::Kind::accepted, ""};
    report("b", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(row(number).trainer, "b");
}

TEST_F(TrainingQueueTest, a_fault_of_the_loop_costs_no_attempt_and_is_told)
{
    std::filesystem::remove_all(folder / "datasets/.begun");
    std::ofstream(folder / "datasets/.begun") << "in the place of the folder";
    auto const number = add();
    report("a", {"idle"});
    EXPECT_TRUE(io.run_until([&] { return reason(number).starts_with("the Loop could not begin it: "); }));
    EXPECT_EQ(state(number), "queued");
    EXPECT_EQ(row(number).attempts, 0);
    EXPECT_EQ(trainers.begun, "");
    std::filesystem::remove(folder / "datasets/.begun");
    std::filesystem::create_directory(folder / "datasets/.begun");
    report("b", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
}

TEST_F(TrainingQueueTest, who_has_lost_it_gets_it_again_only_if_there_is_no_other)
{
    auto const number = begin_on("a");
    auto const other = begin_on("b");
    report("b", {"idle"});
    EXPECT_EQ(state(other), "failed");
    vanish("a");
    report("a", {"idle", "second"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_EQ(trainers.begun, "a:1 b:2 b:1 ");
}

TEST_F(TrainingQueueTest, the_dataset_of_an_attempt_before_is_discarded)
{
    trainers.answer = {BeginAnswer::Kind::refused, ""};
    auto const number = add();
    report("a", {"idle"});
    EXPECT_TRUE(io.run_until([&] { return reason(number) != ""; }));
    auto const former = row(number).dataset.value();
    EXPECT_TRUE(std::filesystem::exists(datasets.path_of(project, former)));
    EXPECT_TRUE(io.run(projects.set_split(project.number, 20, 10)));
    trainers.answer = {BeginAnswer::Kind::accepted, ""};
    report("b", {"idle"});
    EXPECT_TRUE(becomes(number, "running"));
    EXPECT_NE(row(number).dataset, former);
    EXPECT_FALSE(std::filesystem::exists(datasets.path_of(project, former)));
    EXPECT_TRUE(std::filesystem::exists(datasets.path_of(project, row(number).dataset.value())));
}

TEST_F(TrainingQueueTest, a_trainer_that_cannot_do_it_fails_it_with_its_words)
{
    trainers.answer = {BeginAnswer::Kind::failed, "categories missing"};
    auto const number = add();
    report("t", {"idle"});
    EXPECT_TRUE(becomes(number, "failed"));
    EXPECT_EQ(reason(number), "categories missing");
    EXPECT_TRUE(row(number).ended);
}

TEST_F(TrainingQueueTest, without_an_answer_the_next_report_tells_whether_the_trainer_has_it)
{
    trainers.answer = {BeginAnswer::Kind::unknown, ""};
    auto const taken = add();
    report("a", {"idle"});
    EXPECT_TRUE(begins("a:1 "));
    EXPECT_TRUE(io.run_until([&] {
        report("a", {"initialized"});
        return state(taken) == "running";
    }));
    auto const lost = add();
    report("b", {"idle"});
    EXPECT_TRUE(begins("a:1 b:2 "));
    trainers.is_slow = true;
    EXPECT_TRUE(io.run_until([&] {
        report("b", {"idle"});
        return trainers.begun == "a:1 b:2 b:2 ";
    }));
    EXPECT_EQ(row(lost).attempts, 2);
}

TEST_F(TrainingQueueTest, what_was_given_before_a_restart_is_with_its_trainer_or_queued_again)
{
    auto const number = begin_on("t");
    restart();
    EXPECT_EQ(state(number), "running");
    report("t", {"running", "second"});
    upload("t");
    report("t", {"idle", "second"});
    EXPECT_TRUE(becomes(number, "completed"));

    trainers.is_slow = true;
    auto const next = add();
    EXPECT_TRUE(becomes(next, "starting"));
    restart();
    EXPECT_EQ(state(next), "starting");
    trainers.is_slow = false;
    report("t", {"idle", "third"});
    EXPECT_TRUE(becomes(next, "running"));
}

} // namespace
} // namespace learning_loop
