// Does with the repositories, on a new database in the folder that is the argument, all that they can do, and prints
// each statement that they gave the database, once, as a JSON text on a line of its own.
#include "learning_loop/async/pause.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"
#include "learning_loop/store/account_repository.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/category_repository.h"
#include "learning_loop/store/check_folder.h"
#include "learning_loop/store/dataset_files.h"
#include "learning_loop/store/detection_repository.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/image_editor.h"
#include "learning_loop/store/image_intake.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/node_repository.h"
#include "learning_loop/store/project_removals.h"
#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/sqlite/open_sqlite.h"
#include "learning_loop/store/tables.h"
#include "learning_loop/store/training_repository.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <mutex>
#include <set>

namespace ll = learning_loop;
namespace store = learning_loop::store;

namespace {

/// The statements of both connections.
class Statements {
public:
    void add(std::string_view sql)
    {
        std::lock_guard const lock(mutex_);
        texts_.emplace(sql);
    }
    std::set<std::string> const& texts() const { return texts_; } ///< To be called when no lane runs any more.

private:
    std::mutex mutex_;
    std::set<std::string> texts_;
};

class RecordingDatabase final : public store::Database {
public:
    RecordingDatabase(std::unique_ptr<Database> database, Statements& statements)
        : database_(std::move(database)), statements_(statements)
    {}

    void for_each(std::string_view sql, store::Values const& values,
                  std::function<void(store::Row const&)> const& use) override
    {
        statements_.add(sql);
        database_->for_each(sql, values, use);
    }
    std::optional<store::Row> query_one(std::string_view sql, store::Values const& values) override
    {
        statements_.add(sql);
        return database_->query_one(sql, values);
    }
    std::int64_t execute(std::string_view sql, store::Values const& values) override
    {
        statements_.add(sql);
        return database_->execute(sql, values);
    }

private:
    void begin() override { transaction_.emplace(*database_); }
    void commit() override { transaction_->commit(); }
    void roll_back() noexcept override { transaction_.reset(); }

    std::unique_ptr<Database> database_;
    std::optional<store::Transaction> transaction_;
    Statements& statements_;
};

store::DatabaseConnections recorded(store::DatabaseConnections connections, Statements& statements)
{
    return {std::make_unique<RecordingDatabase>(std::move(connections.writer), statements),
            std::make_unique<RecordingDatabase>(std::move(connections.reader), statements)};
}

void put(std::filesystem::path const& file)
{
    std::ofstream(file) << "bytes";
}

store::NewImage an_image()
{
    store::NewImage image;
    image.id = "00000000-0000-0000-0000-000000000001";
    image.bytes = "bytes";
    image.size_bytes = 5;
    image.media_type = "image/jpeg";
    image.metadata.box_detections = {{"beet", 1, 2, 3, 4, "1.0", 0.5, {}}};
    image.metadata.point_annotations = {{"beet", 0.5, 1, {}}};
    image.metadata.tags = {"a"};
    return image;
}

ll::Task<> use_accounts(store::DatabaseLanes& lanes, std::int64_t project)
{
    store::AccountRepository accounts(lanes);
    auto const user = accounts.add_user_at_start({0, "ann", "hash", "now"});
    (co_await accounts.renew_hash(user, "hash", "stronger")).value();
    (co_await accounts.set_password(user, "other")).value();
    store::SessionRow session{"a", user, 0, 100};
    std::vector<std::string> const former{"b"};
    (co_await accounts.begin_session(std::move(session), "other", former)).value();
    (co_await accounts.end_session("a")).value();
    store::TokenRow token;
    token.hash = "c";
    token.project = project;
    auto const number = (co_await accounts.add_token(token)).value();
    accounts.load_at_start(0);
    (co_await accounts.remove_token(number)).value();
}

/// Returns the id of the new model.
ll::Task<std::string> add_model(store::ModelRepository& models, std::int64_t project, store::NewModel wanted,
                                std::string hash)
{
    store::ModelContent content{"onnx", std::move(hash)};
    auto const id = (co_await models.reserve(project, std::move(wanted), content)).value().model.id;
    store::NewModelFile file{id, std::move(content), 1, "{}", {}};
    (co_await models.add_file(project, std::move(file))).value();
    co_return id;
}

ll::Task<> use_models(store::ModelRepository& models, std::int64_t project)
{
    store::NewModel plain;
    auto const first = co_await add_model(models, project, plain, "1");
    store::NewModel child;
    child.parent = first;
    child.idempotency_key = "key";
    auto const second = co_await add_model(models, project, child, "2");
    store::NewModel keyed;
    keyed.idempotency_key = "another";
    store::ModelContent const content{"onnx", "1"};
    (co_await models.reserve(project, keyed, content)).value(); // the first gets the key
    store::NewModel chosen;
    chosen.id = "chosen";
    chosen.version = "7.7";
    co_await add_model(models, project, chosen, "3");
    (co_await models.reserve_format(project, first, content)).value();
    store::ModelContent const begun{"tensorrt", "9"};
    (co_await models.reserve_format(project, first, begun)).value(); // to no end
    std::vector<std::string> const ids{first};
    (co_await models.taken_elsewhere(project, ids)).value();
    (co_await models.parent_of(second)).value();
    (co_await models.is_whole("o/p~1", first, "onnx")).value();
    store::NewModel died;
    died.id = "died";
    store::ModelContent const other{"onnx", "4"};
    (co_await models.reserve(project, died, other)).value();
    (co_await models.give_up("died")).value();
    (co_await models.reserve(project, died, other)).value();
    (co_await models.all(project)).value();
    (co_await models.find(project, first)).value();
    (co_await models.set_target(project, first, "ann")).value();
    (co_await models.set_target(project, second, "ann")).value();
    (co_await models.roll_target_back(project, "ann")).value();
    (co_await models.target(project)).value();
    (co_await models.target_history(project, 10)).value();
    (co_await models.take_target_away(project, "ann")).value();
    (co_await models.remove(project, "o/p~1", second)).value();
}

store::TrainingRow a_training(std::int64_t project)
{
    store::TrainingRow training;
    training.project = project;
    training.hyperparameters = "{}";
    return training;
}

/// `base`: the id of a model.
ll::Task<> use_trainings(store::DatabaseLanes& lanes, store::ModelRepository& models, std::int64_t project,
                         std::string base)
{
    store::TrainingRepository trainings(lanes);
    auto asked = a_training(project);
    asked.base_model = base;
    auto training = (co_await trainings.add(std::move(asked))).value();
    training.trainer = "t";
    (co_await trainings.keep(training)).value();
    trainings.open_at_start();
    (co_await trainings.all(project, 10)).value();
    (co_await trainings.find(project, 1)).value();
    (co_await trainings.last_of_trainer("t")).value();
    (co_await trainings.find_in_the_making("m")).value();
    (co_await trainings.uses_dataset(project, "0")).value();
    auto const last = (co_await trainings.last_result(training.number)).value();
    ll::TrainingOut result;
    result.best_epoch = 3;
    (co_await trainings.add_result(training.number, result)).value();
    std::vector<std::int64_t> numbers{training.number};
    (co_await trainings.results(std::move(numbers), 10)).value();
    (co_await trainings.has_model(training.number)).value();
    (co_await trainings.architecture_of(last.model)).value();
    store::ModelContent const content{"onnx", "trained"};
    (co_await models.reserve_format(project, last.model, content)).value(); // of whom only the training tells
    auto ended = a_training(project);
    ended.ended = "now";
    (co_await trainings.add_ended(std::move(ended), "of old")).value();

    auto fill = [number = training.number](store::Database& database) -> ll::Result<void> {
        constexpr int most = 10'000; // of one training
        store::TrainingResultRow row;
        row.training = number;
        for (int i = 0; i < most; ++i) store::insert(database, row);
        return {};
    };
    (co_await lanes.write(std::move(fill))).value();
    result.best_epoch = 4;
    (co_await trainings.add_result(training.number, result)).value(); // replaces the last one
}

ll::Task<> use_nodes(store::DatabaseLanes& lanes)
{
    store::NodeRepository nodes(lanes);
    std::vector<store::NodeRow> told{{store::NodeKind::trainer, "t", "ann", "{}", "now"}};
    (co_await nodes.keep(std::move(told))).value();
    nodes.load_at_start();
    (co_await nodes.forget(store::NodeKind::trainer, "t")).value();
}

/// Waits until nothing of a deleted project is left.
ll::Task<> wait_for_removals(store::DatabaseLanes& lanes, boost::asio::any_io_executor executor)
{
    ll::Pause pause(executor);
    for (bool is_done = false; !is_done;) {
        auto look = [](store::Database& database) -> ll::Result<bool> {
            return !store::find_row<store::ProjectRow>(database, "WHERE removed IS NOT NULL AND folder <> ''", {}) &&
                   !store::find_row<store::FileRemovalRow>(database, "LIMIT 1", {});
        };
        auto const looked = co_await lanes.read(std::move(look));
        is_done = looked.value();
        co_await pause.sleep(std::chrono::milliseconds(5));
    }
}

ll::Task<> use_projects(store::DatabaseLanes& lanes, std::filesystem::path folder)
{
    auto const executor = co_await boost::asio::this_coro::executor;
    store::BlobFiles files(folder / "images");
    store::ProjectRepository projects(lanes);
    store::ImageIntake intake(lanes, files);
    store::CategoryRepository categories(lanes);
    store::Project asked;
    asked.organization = "o";
    asked.name = "deleted";
    asked.categories = {{"id", "beet", {}, {}, {}, {}, "box"}};
    auto const project = (co_await projects.make(std::move(asked))).value().number;
    std::vector<store::NewImage> added{an_image()};
    (co_await intake.add(project, std::move(added))).value();
    (co_await projects.set_split(project, 0, 100)).value();
    (co_await projects.redraw_sets(project)).value();
    (co_await projects.set_hyperparameters(project, "{}")).value();
    ll::Category weed{"weed", "weed", {}, {}, {}, {}, "box"};
    (co_await categories.add(project, weed)).value();
    (co_await categories.change(project, weed)).value();
    (co_await categories.remove(project, "weed")).value();

    store::FileRemovals removed_files(lanes, folder, executor);
    store::ProjectRemovals removals(lanes, removed_files, folder, executor);
    ll::TaskGroup tasks(executor);
    tasks.spawn("files", removed_files.run());
    tasks.spawn("projects", removals.run());
    (co_await removals.begin(project, true)).value();
    co_await wait_for_removals(lanes, executor);
    tasks.cancel();
    co_await tasks.join();
}

/// What may be done with an image that is there.
ll::Task<> use_images(store::DatabaseLanes& lanes, store::BlobFiles& files, std::int64_t project, std::string id)
{
    auto const executor = co_await boost::asio::this_coro::executor;
    store::ImageRepository images(lanes, files);
    store::ImageIntake intake(lanes, files);
    store::FileRemovals removals(lanes, "unused", executor);
    store::ImageEditor editor(lanes, removals);
    store::DetectionRepository detections(lanes);
    std::vector<std::string> const ids{id};
    std::optional<std::string> const model = "1.0";
    std::optional<std::string> const any;
    (co_await images.find(project, ids, any)).value();
    (co_await images.find(project, ids, model)).value();
    auto const file = (co_await images.file(project, id)).value().value();
    (co_await images.find_annotated(project, id)).value();
    (co_await images.unchecked(0, 10)).value();
    (co_await images.unchecked_of(project, ids)).value();
    std::vector<store::ImageRepository::Checked> looks{{file.number, file.project, file.hash, ll::Pixels::sound}};
    (co_await images.keep_checked(std::move(looks))).value();

    store::ImageChange change{ll::ImageState::review, ll::ImageSet::val, {"b"}, {"a"}};
    (co_await editor.change(project, ids, std::move(change))).value();
    ll::Annotations annotations;
    annotations.box_annotations = {{"beet", 1, 2, 3, 4, {}}};
    std::optional<std::int64_t> const any_revision;
    (co_await editor.replace_annotations(project, id, std::move(annotations), any_revision, "ann")).value();
    ll::SegmentationAnnotation const drawn{"1", {{{1, 2}, {3, 4}, {5, 6}}}, id, "leaf"};
    (co_await editor.put_segmentation(project, drawn, "node")).value();
    std::map<std::string, double> const novelty{{id, 0.5}};
    (co_await editor.set_novelty(project, novelty)).value();
    (co_await detections.find_images(project, ids)).value();
    store::FoundInImage found;
    found.detections.image_id = id;
    found.detections.box_detections = {{"beet", 1, 2, 3, 4, "1.0", 0.5, {}}};
    found.remarks.add("box_detections[1]", "its width is 0", "{}");
    std::vector<store::FoundInImage> const list{found};
    (co_await detections.replace(project, list)).value();

    std::filesystem::remove(file.path);
    std::vector<store::NewImage> again{an_image()};
    (co_await intake.add(project, std::move(again))).value(); // its file is repaired
    auto foreign = an_image();
    foreign.id.back() = '2';
    foreign.metadata.box_detections.front().category_id = "of another project";
    std::vector<store::NewImage> second{foreign};
    (co_await intake.add(project, std::move(second))).value();
    std::vector<std::string> const deleted{foreign.id};
    (co_await editor.remove(project, deleted)).value();
}

ll::Task<> use_all(store::DatabaseLanes& lanes, std::filesystem::path folder)
{
    store::BlobFiles files(folder / "images");
    store::ProjectRepository projects(lanes);
    put(folder / "images/.incoming/1_00000000-0000-0000-0000-000000000009_0"); // to be settled
    store::ImageIntake intake(lanes, files);
    store::ImageRepository images(lanes, files);
    store::ModelRepository models(lanes, folder / "models");
    store::DetectorRepository detectors(lanes);

    store::Project asked;
    asked.organization = "o";
    asked.name = "p";
    asked.categories = {{"id", "beet", {}, {}, {}, {}, "box"}, {"leaf", "leaf", {}, {}, {}, {}, "segmentation"}};
    asked.generator = "made";
    auto const project = (co_await projects.find_or_make(std::move(asked))).value().number;
    (co_await projects.find("o", "p")).value();
    (co_await projects.all()).value();

    std::vector<store::NewImage> added{an_image()};
    std::vector<std::string> const ids{added.front().id};
    (co_await intake.add(project, std::move(added))).value();
    (co_await images.missing(project, ids)).value();
    (co_await images.page(project, std::nullopt, 0, 10)).value();
    (co_await images.page(project, ll::ImageState::inbox, 0, 10)).value();
    (co_await images.page_without(project, "1.0", 0, 10)).value();
    (co_await images.newest(project, ll::ImageState::inbox, 10)).value();
    (co_await images.counts(project)).value();
    (co_await images.count_broken(project)).value();
    co_await use_images(lanes, files, project, ids.front());

    co_await use_models(models, project);
    co_await use_trainings(lanes, models, project, "chosen");
    co_await use_nodes(lanes);
    store::ModelRepository const restarted(lanes, folder / "models"); // forgets that one

    co_await use_accounts(lanes, project);
    co_await use_projects(lanes, folder);

    ll::DetectorStatus status;
    status.uuid = "1";
    (co_await detectors.keep(project, std::move(status))).value();
    (co_await detectors.all(project)).value();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) return 2;
    std::filesystem::path const folder = argv[1];
    ll::log::set_level(ll::log::Level::error); // stdout is for the statements
    Statements statements;
    {
        store::DatabaseLanes lanes(recorded(store::sqlite::open_sqlite(folder / "test.db"), statements));
        boost::asio::io_context io(1);
        boost::asio::co_spawn(io, use_all(lanes, folder), [](std::exception_ptr const& failure) {
            if (failure) std::rethrow_exception(failure);
        });
        io.run();
    }
    for (auto const& file : {store::ModelRepository::file_in(folder / "models", "o/p~1", "chosen", "onnx"),
                             store::DatasetFiles::path_in(folder / "datasets", "o/p~1", "0")}) { // to be looked up
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << "content";
    }
    RecordingDatabase database(store::sqlite::open_as_it_is(folder / "test.db"), statements);
    store::check_folder(database, folder, false);
    for (auto const& text : statements.texts()) std::cout << ll::to_text(boost::json::string(text)) << "\n";
}
