#include "learning_loop/server/loop_parts.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/http/url.h"
#include "learning_loop/server/access/session_api.h"
#include "learning_loop/server/generator/generator_api.h"
#include "learning_loop/server/generator/project_generator.h"
#include "learning_loop/server/images/annotation_api.h"
#include "learning_loop/server/images/data_api.h"
#include "learning_loop/server/images/image_api.h"
#include "learning_loop/server/models/deployment_api.h"
#include "learning_loop/server/models/model_api.h"
#include "learning_loop/server/models/model_upload_api.h"
#include "learning_loop/server/nodes/detector_api.h"
#include "learning_loop/server/nodes/node_api.h"
#include "learning_loop/server/page/login_page.h"
#include "learning_loop/server/page/page.h"
#include "learning_loop/server/projects/category_api.h"
#include "learning_loop/server/projects/project_api.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/server/projects/split_api.h"
#include "learning_loop/server/trainings/training_api.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

namespace learning_loop {
namespace {

/// What keeps the Loop from storing anything, for its health.
std::optional<std::string> disk_fault(LoopOptions const& options)
{
    std::error_code gone;
    if (!std::filesystem::exists(options.data_folder / "loop.db", gone)) return "the database is gone";
    auto const space = std::filesystem::space(options.data_folder, gone);
    if (gone || space.available >= options.min_free_disk_bytes) return std::nullopt;
    return "the disk that holds the data folder is almost full: free some space";
}

} // namespace

LoopParts::LoopParts(Runner& runner, LoopOptions const& options)
    : url_(runner.url()),
      files_(options.data_folder / "images", options.min_free_disk_bytes),
      database_(store::sqlite::open_sqlite(options.data_folder / "loop.db")),
      file_removals_(database_, options.data_folder, runner.executor()),
      models_(database_, options.data_folder / "models", &file_removals_),
      project_removals_(database_, file_removals_, options.data_folder, runner.executor()),
      accounts_(runner.executor(), account_rows_),
      door_(accounts_, options.anonymous_nodes),
      desk_(accounts_, projects_, url_),
      commands_(runner.executor(), options.data_folder,
                [this](std::string text) { return desk_.answer_text(std::move(text)); }),
      thumbnails_(runner.executor(), images_, options.data_folder / "thumbs"),
      intake_(models_, packing_, url_, options.min_free_disk_bytes, tell_converters()),
      datasets_(images_, options.data_folder / "datasets", options.min_free_disk_bytes),
      hub_(runner.executor(), door_),
      nodes_(runner.executor(), node_rows_),
      trainings_(runner.executor(), {training_rows_, projects_, datasets_, trainers_, tell_converters()})
{
    hub_.on_disconnect([this](socketio::PeerPtr const& peer) { nodes_.disconnect(peer); });
    auto& router = runner.router();
    router.guard(door_);
    add_session_api(router, accounts_, door_);
    add_project_lookup(router, projects_);
    add_project_api(router, {projects_, images_, project_removals_, [this](std::int64_t project) { forget(project); }});
    add_category_api(router, categories_);
    add_split_api(router, projects_);
    add_data_api(router, images_, models_);
    add_image_api(router, {images_, image_intake_, image_editor_, thumbnails_, checking_});
    add_annotation_api(router, images_, image_editor_, detections_, checking_);
    add_generator_api(router, projects_, {images_, image_intake_, models_, training_rows_, intake_, rendering_});
    add_model_api(router, models_, url_, tell_converters());
    add_model_upload_api(router, intake_, models_, [this](std::string model, http::Caller caller) {
        return trainings_.check_format_of(std::move(model), std::move(caller));
    });
    add_deployment_api(router, models_);
    add_detector_api(router, detectors_, detector_reports_);
    TrainingApiParts const training_parts{trainings_, training_rows_, projects_, datasets_, nodes_, trainers_};
    add_training_api(router, training_parts);
    add_training_upload_api(router, training_parts, intake_);
    add_node_api(router, hub_, nodes_);
    add_user_input_api(router, annotation_nodes_);
    hub_.add_to(router);
    add_short_model_upload_api(router, intake_, models_); // after all others of a project
    add_login_page(router, accounts_, http::path_prefix_of(http::parse_url(url_)));
    add_page(router, {projects_, images_, models_, detectors_, url_});
    runner.health().add("disk", [options] { return disk_fault(options); });
    http::add_service_api(router, runner.metrics(), runner.health(), "Learning Loop");
    drawn_password_ = accounts_.make_first(options.first_account); // last: nothing may fail before it is printed
}

void LoopParts::start(TaskGroup& tasks)
{
    tasks.spawn("the commands", commands_.serve());
    tasks.spawn("the thumbnails", thumbnails_.run());
    tasks.spawn("the removal of files", file_removals_.run());
    tasks.spawn("the deletion of projects", project_removals_.run());
    tasks.spawn("the nodes' connections", hub_.run());
    tasks.spawn("what nodes tell", nodes_.run());
    tasks.spawn("the queue of trainings", trainings_.run());
}

/// What is in memory of a project that was deleted.
void LoopParts::forget(std::int64_t project)
{
    accounts_.forget_project(project);
    trainings_.forget_project(project);
}

ModelsChanged LoopParts::tell_converters()
{
    return [this](Context const& project) { converters_.tell_of_models(project); };
}

Task<> LoopParts::disconnect()
{
    co_await trainings_.finish();
    co_await hub_.finish();
    co_await nodes_.keep_changed();
    co_await commands_.finish();
}

} // namespace learning_loop
