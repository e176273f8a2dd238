#include "learning_loop/server/trainings/training_path.h"

#include "unit/store/training_fixture.h"

namespace learning_loop {
namespace {

struct TrainingPathTest : store::TrainingStoreTest {
    Result<store::TrainingRow> require(std::string const& number)
    {
        return io.run(require_training(trainings, project, number));
    }
    Result<store::TrainingRow> for_upload(std::string const& number)
    {
        return io.run(require_for_upload(trainings, project, number));
    }
    void move_to(store::TrainingRow row, TrainingState state)
    {
        row.state = state;
        keep(row);
    }
};

TEST_F(TrainingPathTest, a_training_is_found_by_its_number_in_the_project)
{
    add(training_of(another().number));
    add();
    auto const second = add();
    EXPECT_EQ(require("2")->number, second.number);
}

TEST_F(TrainingPathTest, what_is_no_training_of_the_project_is_not_found_and_the_remedy_is_told)
{
    add();
    add(training_of(another().number));
    add(training_of(another().number));
    for (auto const* number :
         {"0", "2", "-1", "+1", " 1", "1.0", "1a", "x", "", "latest", "4294967297", "99999999999999999999"}) {
        auto const refused = require(number).error();
        EXPECT_EQ(refused.code, Errc::not_found) << number;
        EXPECT_NE(refused.message.find("/demo/projects/field/trainings"), std::string::npos) << refused.message;
        EXPECT_EQ(for_upload(number).error().code, Errc::not_found) << number;
    }
}

TEST_F(TrainingPathTest, models_are_taken_of_a_training_that_a_trainer_has_or_had)
{
    using enum TrainingState;
    auto const training = add();
    EXPECT_NE(for_upload("1").error().message.find("waits for a trainer"), std::string::npos);
    for (auto const state : {starting, running, completed, failed}) {
        move_to(training, state);
        EXPECT_TRUE(for_upload("1")) << static_cast<int>(state);
    }
    move_to(training, aborted);
    EXPECT_EQ(for_upload("1").error().code, Errc::not_found); // no 4xx that a trainer takes for its model's
    EXPECT_NE(for_upload("1").error().message.find("was aborted"), std::string::npos);
    EXPECT_TRUE(require("1"));
}

} // namespace
} // namespace learning_loop
