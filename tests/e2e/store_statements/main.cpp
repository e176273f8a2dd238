// Does with the repositories, on a new database in the folder that is the argument, all that they can do, and prints
// each statement that they gave the database, once, as a JSON text on a line of its own.
#include "learning_loop/json/json.h"
#include "learning_loop/store/account_repository.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/check_folder.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

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

store::NewImage an_image()
{
    store::NewImage image;
    image.id = "00000000-0000-0000-0000-000000000001";
    image.bytes = "bytes";
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

ll::Task<> use_all(store::DatabaseLanes& lanes, std::filesystem::path folder)
{
    store::BlobFiles files(folder / "images");
    store::ProjectRepository projects(lanes);
    store::ImageRepository images(lanes, files);
    store::ModelRepository models(lanes, folder / "models");
    store::DetectorRepository detectors(lanes);

    store::Project asked{0, "o", "p", {{"id", "beet", {}, {}, {}, {}, "box"}}, "made"};
    auto const project = (co_await projects.find_or_make(std::move(asked))).value().number;
    (co_await projects.find("o", "p")).value();
    (co_await projects.all()).value();

    std::vector<store::NewImage> added{an_image()};
    std::vector<std::string> const ids{added.front().id};
    (co_await images.add(project, std::move(added))).value();
    (co_await images.missing(project, ids)).value();
    (co_await images.page(project, std::nullopt, 0, 10)).value();
    (co_await images.page(project, ll::ImageState::inbox, 0, 10)).value();
    (co_await images.find(project, ids)).value();
    (co_await images.newest(project, ll::ImageState::inbox, 10)).value();
    (co_await images.file(project, ids.front())).value();
    (co_await images.counts(project)).value();

    (co_await models.reserve(project, "a", "")).value();
    (co_await models.reserve(project, "a", "")).value();
    (co_await models.add_format(project, "a", "onnx", 1)).value();
    (co_await models.reserve(project, "b", "")).value();
    (co_await models.give_up("b")).value();
    (co_await models.all(project)).value();
    (co_await models.find(project, "a")).value();
    (co_await models.set_target(project, "a")).value();
    (co_await models.target(project)).value();
    (co_await models.reserve(project, "died", "")).value();
    store::ModelRepository const restarted(lanes, folder / "models"); // forgets that one

    co_await use_accounts(lanes, project);

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
    Statements statements;
    {
        store::DatabaseLanes lanes(recorded(store::sqlite::open_sqlite(folder / "test.db"), statements));
        boost::asio::io_context io(1);
        boost::asio::co_spawn(io, use_all(lanes, folder), [](std::exception_ptr const& failure) {
            if (failure) std::rethrow_exception(failure);
        });
        io.run();
    }
    auto const model = store::ModelRepository::file_in(folder / "models", "o", "p", "a", "onnx"); // to be looked up
    std::filesystem::create_directories(model.parent_path());
    std::ofstream(model) << "a zip";
    RecordingDatabase database(store::sqlite::open_as_it_is(folder / "test.db"), statements);
    store::check_folder(database, folder, false);
    for (auto const& text : statements.texts()) std::cout << ll::to_text(boost::json::string(text)) << "\n";
}
