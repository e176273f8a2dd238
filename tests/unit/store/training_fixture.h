#pragma once

#include "learning_loop/store/training_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {

/// The repositories, and trainings of the project.
class TrainingStoreTest : public StoreTest {
protected:
    static TrainingRow training_of(std::int64_t project)
    {
        TrainingRow row;
        row.project = project;
        row.created = "2026-01-01T00:00:00";
        row.created_by = "ann";
        row.model_variant = "small";
        row.hyperparameters = R"({"resolution":640})";
        return row;
    }
    TrainingRow wanted() const { return training_of(project.number); }

    TrainingRow add(TrainingRow row) { return test::run(trainings.add(std::move(row))).value(); }
    TrainingRow add() { return add(wanted()); }
    void keep(TrainingRow row) { ASSERT_TRUE(test::run(trainings.keep(std::move(row)))); }

    static TrainingOut told(std::int64_t tp, std::optional<int> epoch = {})
    {
        TrainingOut out;
        out.trainer_id = "t";
        out.confusion_matrix["id-1"] = {tp, 0, 1};
        out.best_epoch = epoch;
        return out;
    }
    /// Returns the id of the model that the training told of.
    std::string tell(TrainingRow const& training, std::int64_t tp, std::optional<int> epoch = {})
    {
        return test::run(trainings.add_result(training.number, told(tp, epoch))).value().model;
    }

    Model add_file(std::string const& id, std::string const& format = "mocked")
    {
        auto const place = test::run(models.reserve_format(project.number, id, {format, "hash of " + id})).value();
        EXPECT_TRUE(place) << id;
        EXPECT_TRUE(write(id, format));
        return place ? place->model : Model();
    }

    /// One that no training has made.
    void add_model(std::string const& id)
    {
        NewModel asked;
        asked.id = id;
        ASSERT_TRUE(test::run(models.reserve(project.number, asked, {"mocked", "hash of " + id})));
        ASSERT_TRUE(write(id, "mocked"));
    }

    Project another(std::string const& name = "other")
    {
        return test::run(projects.find_or_make(project_named(name))).value();
    }

    void run_sql(std::string const& statement)
    {
        auto job = [&](Database& database) -> Result<std::int64_t> { return database.execute(statement, {}); };
        ASSERT_TRUE(io.run(lanes.write(job)));
    }

    /// The project is deleted; its rows are still there.
    void hide(Project const& hidden)
    {
        run_sql("UPDATE projects SET removed = '2026' WHERE number = " + std::to_string(hidden.number));
    }

    TrainingRepository trainings{lanes};

private:
    Result<void> write(std::string const& id, std::string const& format)
    {
        return test::run(models.add_file(project.number, {id, {format, "hash of " + id}, 1, "{}", {}}));
    }
};

} // namespace learning_loop::store
