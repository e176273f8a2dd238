#include "learning_loop/store/training_rows.h"

#include "unit/store/training_fixture.h"

namespace learning_loop::store {
namespace {

class TrainingRowsTest : public TrainingStoreTest {
protected:
    std::optional<NewModel> awaited(std::string const& model, std::int64_t of)
    {
        auto job = [&](Database& database) -> Result<std::optional<NewModel>> {
            return awaited_model(database, of, model);
        };
        return io.run(lanes.read(job)).value();
    }
    std::optional<NewModel> awaited(std::string const& model) { return awaited(model, project.number); }

    TrainingRow continuing(std::string const& base)
    {
        auto row = wanted();
        row.base_model = base;
        return add(row);
    }
    TrainingRow ended(TrainingRow row, TrainingState state)
    {
        row.state = state;
        row.ended = "2026";
        keep(row);
        return row;
    }
    Result<bool> remove(std::string const& model)
    {
        return test::run(models.remove(project.number, project.folder, model));
    }
};

TEST_F(TrainingRowsTest, the_first_model_of_a_training_continues_the_base_model)
{
    add_model("base");
    EXPECT_EQ(awaited(tell(continuing("base"), 1))->parent, "base");
    EXPECT_EQ(awaited(tell(add(), 1))->parent, std::nullopt); // from scratch
}

TEST_F(TrainingRowsTest, a_later_model_continues_the_last_one_of_its_training_that_has_files)
{
    add_model("base");
    auto const training = continuing("base");
    auto const first = tell(training, 1), second = tell(training, 2), third = tell(training, 3);
    EXPECT_EQ(add_file(first).version, "1.1");
    EXPECT_EQ(awaited(second)->parent, first);
    EXPECT_EQ(awaited(third)->parent, first); // the second has no files
    EXPECT_EQ(add_file(third).version, "1.2");
    EXPECT_EQ(awaited(tell(training, 4))->parent, third);
    EXPECT_EQ(awaited(second)->parent, first); // what came later is no parent
}

TEST_F(TrainingRowsTest, a_model_of_a_training_from_scratch_begins_a_lineage)
{
    auto const training = add();
    EXPECT_EQ(add_file(tell(training, 1)).version, "1.0");
    EXPECT_EQ(add_file(tell(training, 2)).version, "1.1");
    EXPECT_EQ(add_file(tell(add(), 1)).version, "2.0");
}

TEST_F(TrainingRowsTest, a_parent_that_was_deleted_is_none)
{
    add_model("base");
    auto const training = ended(continuing("base"), TrainingState::completed);
    auto const model = tell(training, 1);
    ASSERT_TRUE(remove("base").value());
    EXPECT_EQ(awaited(model)->parent, std::nullopt);
}

TEST_F(TrainingRowsTest, the_comment_tells_training_trainer_and_epoch)
{
    add();
    auto training = add();
    auto const model = tell(training, 1), later = tell(training, 2, 17);
    EXPECT_EQ(awaited(model)->comment, "training 2");
    EXPECT_EQ(awaited(model)->id, model);
    EXPECT_EQ(awaited(model)->version, std::nullopt);
    training.trainer_name = "tom";
    keep(training);
    EXPECT_EQ(awaited(model)->comment, "training 2 by tom");
    EXPECT_EQ(awaited(later)->comment, "training 2 by tom, epoch 17");
    add_file(later);
    auto const all = *test::run(models.all(project.number));
    EXPECT_EQ(all.at(0).comment, "training 2 by tom, epoch 17");
}

TEST_F(TrainingRowsTest, an_aborted_training_another_project_and_an_unknown_model_await_nothing)
{
    auto const other = another();
    auto training = add();
    auto const model = tell(training, 1);
    EXPECT_TRUE(awaited(model));
    EXPECT_FALSE(awaited(model, other.number));
    EXPECT_FALSE(awaited("nothing"));
    for (auto const state : {TrainingState::completed, TrainingState::failed}) {
        training = ended(training, state);
        EXPECT_TRUE(awaited(model));
    }
    ended(training, TrainingState::aborted);
    EXPECT_FALSE(awaited(model));
    EXPECT_FALSE(test::run(models.reserve_format(project.number, model, {"mocked", "hash"})).value());
    EXPECT_FALSE(test::run(models.reserve_format(other.number, model, {"mocked", "hash"})).value());
}

TEST_F(TrainingRowsTest, a_model_that_is_trained_on_cannot_be_deleted_and_the_training_is_named)
{
    add_model("base");
    add();
    auto const training = continuing("base");
    auto const model = tell(training, 1);
    add_file(model);
    add_model("free");
    for (auto const& one : {std::string("base"), model}) {
        auto const refused = remove(one).error();
        EXPECT_EQ(refused.code, Errc::conflict) << one;
        EXPECT_NE(refused.message.find("training 2"), std::string::npos) << refused.message;
    }
    EXPECT_TRUE(remove("free").value());
    ended(training, TrainingState::failed);
    EXPECT_TRUE(remove("base").value());
    EXPECT_TRUE(remove(model).value());
}

} // namespace
} // namespace learning_loop::store
