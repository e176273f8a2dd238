#include "learning_loop/server/loop_parts.h"

#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/server/generator/generator_api.h"
#include "learning_loop/server/images/data_api.h"
#include "learning_loop/server/images/image_api.h"
#include "learning_loop/server/models/deployment_api.h"
#include "learning_loop/server/models/model_api.h"
#include "learning_loop/server/nodes/detector_api.h"
#include "learning_loop/server/page/page.h"
#include "learning_loop/server/projects/project_api.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/server/session_api.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

namespace learning_loop {
namespace {

constexpr std::uintmax_t min_free_bytes = 32u << 20;

/// What keeps the Loop from storing anything, for its health.
std::optional<std::string> disk_fault(std::filesystem::path const& folder)
{
    std::error_code gone;
    if (!std::filesystem::exists(folder / "loop.db", gone)) return "the database in " + folder.string() + " is gone";
    auto const space = std::filesystem::space(folder, gone);
    if (gone || space.available >= min_free_bytes) return std::nullopt;
    return "the disk that holds " + folder.string() + " is almost full: free some space";
}

} // namespace

LoopParts::LoopParts(Runner& runner, std::filesystem::path const& data_folder)
    : url_(runner.url()),
      files_(data_folder / "images"),
      database_(store::sqlite::open_sqlite(data_folder / "loop.db")),
      models_(database_, data_folder / "models")
{
    auto& router = runner.router();
    add_session_api(router, url_.starts_with("https://"));
    add_project_lookup(router, projects_);
    add_project_api(router, projects_, images_);
    add_data_api(router, images_);
    add_image_api(router, images_, checking_);
    add_generator_api(router, projects_, images_, intake_, rendering_);
    add_model_api(router, models_, intake_);
    add_deployment_api(router, models_);
    add_detector_api(router, detectors_);
    add_page(router, {projects_, images_, models_, detectors_});
    runner.health().add("disk", [data_folder] { return disk_fault(data_folder); });
    http::add_service_api(router, runner.metrics(), runner.health(), "Learning Loop");
}

} // namespace learning_loop
