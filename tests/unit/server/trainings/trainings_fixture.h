#pragma once

#include "learning_loop/async/task_group.h"
#include "learning_loop/server/nodes/node_owner.h"
#include "learning_loop/server/trainings/dataset_snapshots.h"
#include "learning_loop/server/trainings/trainings.h"

#include "unit/server/trainings/fake_trainers.h"
#include "unit/store/store_fixture.h"

#include <boost/describe/enum_to_string.hpp>

#include <memory>

namespace learning_loop {

/// Trainings of the project `field`, with a real database and trainers that do what a test says. The queue runs.
class TrainingsTest : public store::StoreTest {
protected:
    TrainingsTest() { start(); }
    ~TrainingsTest() override { end(); }

    void start()
    {
        auto const changed = [this](Context const& project) { changes.push_back(project); };
        trainings =
            std::make_unique<Trainings>(io.executor(), Trainings::Parts{rows, projects, datasets, trainers, changed});
        running = std::make_unique<TaskGroup>(io.executor());
        running->spawn("the queue", trainings->run());
    }
    void end()
    {
        running->cancel();
        io.run(running->join());
        io.run(trainings->finish());
    }
    void restart()
    {
        end();
        start();
    }

    /// Returns its number in the project.
    int add(NewTraining wanted = {})
    {
        return io.run(trainings->add(project, std::move(wanted), "ann"))->training_number;
    }
    static NewTraining of_variant(std::string name)
    {
        NewTraining wanted;
        wanted.model_variant = std::move(name);
        return wanted;
    }

    store::TrainingRow row(int number) { return io.run(rows.find(project.number, number)).value().value(); }
    std::string state(int number) { return boost::describe::enum_to_string(row(number).state, "?"); }
    std::string reason(int number) { return row(number).reason.value_or(""); }

    struct Report {
        std::string state;
        std::string connection = "first";
        bool has_context = true; ///< That of this project, if the state is one of a training.
        std::map<std::string, std::string> errors{};
    };
    Trainer trainer(std::string const& id, Report const& report) const
    {
        Trainer made;
        made.status.id = id;
        made.status.name = "trainer " + id;
        made.status.state = report.state;
        made.status.errors = report.errors;
        made.status.architecture = "yolo";
        made.status.pretrained_models = {{"small", "", ""}};
        if (report.has_context && report.state != "idle" && report.state != "blocked")
            made.status.context = Context{project.organization, project.name};
        made.connection = id + " " + report.connection;
        return made;
    }
    void report(std::string const& id, Report const& report) { report_of(trainer(id, report)); }
    void report_of(Trainer told)
    {
        told.owner = owner_of(told.caller);
        trainers.trainers[told.status.id] = told;
        trainers.open.insert(told.connection);
        ASSERT_TRUE(io.run(trainings->on_report(std::move(told))));
    }
    void vanish(std::string const& id) ///< With all of its connections.
    {
        trainers.trainers.erase(id);
        std::erase_if(trainers.open, [&](std::string const& connection) { return connection.starts_with(id + " "); });
    }

    /// Queued, and given to the trainer, which is at work on it.
    int begin_on(std::string const& id)
    {
        auto const number = add();
        report(id, {"idle"});
        EXPECT_TRUE(becomes(number, "running"));
        report(id, {"running"});
        return number;
    }

    bool becomes(int number, std::string const& wanted)
    {
        return io.run_until([&] { return state(number) == wanted; });
    }
    bool begins(std::string const& wanted)
    {
        return io.run_until([&] { return trainers.begun == wanted; });
    }
    Result<void> end_training(int number, TrainingEnd how) { return io.run(trainings->end(row(number), how, "bob")); }

    static TrainingOut result_of(std::string const& id, int epoch = 1)
    {
        TrainingOut out;
        out.trainer_id = id;
        out.best_epoch = epoch;
        return out;
    }
    Result<store::TrainingResultRow> tell(TrainingOut out)
    {
        return io.run(trainings->add_result({project.organization, project.name}, std::move(out), {}));
    }
    /// The trainer's training gets a model with a file; its id.
    std::string upload(std::string const& id, std::string const& content = "weights")
    {
        auto const model = tell(result_of(id)).value().model;
        EXPECT_TRUE(io.run(models.reserve_format(project.number, model, {"mocked", content})).value());
        EXPECT_TRUE(io.run(models.add_file(project.number, {model, {"mocked", content}, 5, "{}", {}})));
        return model;
    }

    test::FakeTrainers trainers{io.executor()};
    store::TrainingRepository rows{lanes};
    DatasetSnapshots datasets{images, folder / "datasets", 0};
    std::vector<Context> changes; ///< Of models, as the trainings told.
    std::unique_ptr<Trainings> trainings;
    std::unique_ptr<TaskGroup> running;
};

} // namespace learning_loop
