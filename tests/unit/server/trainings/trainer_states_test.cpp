#include "learning_loop/server/trainings/trainer_states.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct TrainerStatesTest : testing::Test {
    static Trainer in(std::string state)
    {
        Trainer trainer;
        trainer.status.state = std::move(state);
        return trainer;
    }
    static Trainer with(std::optional<Context> context)
    {
        Trainer trainer;
        trainer.status.context = std::move(context);
        return trainer;
    }
};

TEST_F(TrainerStatesTest, only_an_idle_trainer_is_free)
{
    EXPECT_TRUE(is_free(in("idle")) && is_idle(in("idle")));
    EXPECT_FALSE(is_busy(in("idle")));
}

TEST_F(TrainerStatesTest, a_blocked_trainer_has_no_training_and_may_have_none)
{
    EXPECT_TRUE(is_idle(in("blocked")));
    EXPECT_FALSE(is_free(in("blocked")));
    EXPECT_FALSE(is_busy(in("blocked")));
}

TEST_F(TrainerStatesTest, every_step_of_a_training_is_work)
{
    for (auto const* state : {"waiting_for_slot",
                              "initialized",
                              "data_downloading",
                              "data_downloaded",
                              "train_model_downloading",
                              "train_model_downloaded",
                              "running",
                              "training_finished",
                              "confusion_matrix_syncing",
                              "confusion_matrix_synced",
                              "train_model_uploading",
                              "train_model_uploaded",
                              "detecting",
                              "detected",
                              "detection_uploading",
                              "ready_for_cleanup",
                              "preparing",
                              "stopping",
                              "uploading",
                              "Downloading data"}) {
        EXPECT_TRUE(is_busy(in(state))) << state;
        EXPECT_FALSE(is_idle(in(state)) || is_free(in(state))) << state;
    }
}

TEST_F(TrainerStatesTest, some_words_tell_neither)
{
    for (auto const* state : {"", "online", "offline", "unknown state"})
        EXPECT_FALSE(is_busy(in(state)) || is_idle(in(state)) || is_free(in(state))) << state;
}

TEST_F(TrainerStatesTest, a_training_is_of_the_project_that_its_trainer_tells_or_of_any_if_it_tells_none)
{
    Context const field{"demo", "field"};
    EXPECT_TRUE(may_be_of(with({}), field));
    EXPECT_TRUE(may_be_of(with(field), field));
    EXPECT_FALSE(may_be_of(with(Context{"demo", "other"}), field));
    EXPECT_FALSE(may_be_of(with(Context{"other", "field"}), field));
}

} // namespace
} // namespace learning_loop
