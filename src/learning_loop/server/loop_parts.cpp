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
#include "learning_loop/server/page/login_page.h"
#include "learning_loop/server/page/page.h"
#include "learning_loop/server/projects/category_api.h"
#include "learning_loop/server/projects/project_api.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/server/projects/split_api.h"
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
      admin_(runner.executor(), desk_, options.data_folder),
      thumbnails_(runner.executor(), images_, options.data_folder / "thumbs"),
      intake_(models_, packing_, url_, options.min_free_disk_bytes)
{
    auto& router = runner.router();
    router.guard(door_);
    add_session_api(router, accounts_, door_);
    add_project_lookup(router, projects_);
    add_project_api(router, {projects_, images_, project_removals_, accounts_});
    add_category_api(router, categories_);
    add_split_api(router, projects_);
    add_data_api(router, images_);
    add_image_api(router, {images_, image_intake_, image_editor_, thumbnails_, checking_});
    add_annotation_api(router, images_, image_editor_, detections_, checking_);
    add_generator_api(router, projects_, {images_, image_intake_, models_, intake_, rendering_});
    add_model_api(router, models_, url_);
    add_model_upload_api(router, intake_, models_);
    add_deployment_api(router, models_);
    add_detector_api(router, detectors_);
    add_short_model_upload_api(router, intake_, models_); // after all others of a project
    add_login_page(router, accounts_, http::path_prefix_of(http::parse_url(url_)));
    add_page(router, {projects_, images_, models_, detectors_, url_});
    runner.health().add("disk", [options] { return disk_fault(options); });
    http::add_service_api(router, runner.metrics(), runner.health(), "Learning Loop");
    drawn_password_ = accounts_.make_first(options.first_account); // last: nothing may fail before it is printed
}

void LoopParts::start(TaskGroup& tasks)
{
    tasks.spawn("the commands", admin_.serve());
    tasks.spawn("the thumbnails", thumbnails_.run());
    tasks.spawn("the removal of files", file_removals_.run());
    tasks.spawn("the deletion of projects", project_removals_.run());
}

Task<> LoopParts::disconnect()
{
    return admin_.finish();
}

} // namespace learning_loop
