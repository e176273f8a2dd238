#include "learning_loop/server/loop_parts.h"

#include "learning_loop/server/models/deployment_api.h"
#include "learning_loop/server/generator/generator_api.h"
#include "learning_loop/server/images/image_api.h"
#include "learning_loop/server/models/model_api.h"
#include "learning_loop/server/page/page.h"
#include "learning_loop/server/projects/project_api.h"
#include "learning_loop/server/session_api.h"

namespace learning_loop {

namespace {

constexpr std::uintmax_t min_free_bytes = 32u << 20;

} // namespace

LoopParts::LoopParts(http::Router& router, Metrics& metrics, std::filesystem::path const& folder,
                     std::string const& url)
    : files(folder / "images"),
      database(folder / "loop.db"),
      models(database, folder / "models"),
      intake(models, packing, url)
{
    add_session_api(router, url.starts_with("https://"));
    add_project_api(router, projects, images);
    add_image_api(router, projects, images, checking);
    add_generator_api(router, projects, images, intake, rendering);
    add_model_api(router, projects, models, intake);
    add_deployment_api(router, projects, models, detectors);
    add_page(router, {projects, images, models, detectors});
    health.add("disk", [folder]() -> std::optional<std::string> {
        std::error_code gone;
        if (!std::filesystem::exists(folder / "loop.db", gone))
            return "the database in " + folder.string() + " is gone";
        auto const space = std::filesystem::space(folder, gone);
        if (gone || space.available >= min_free_bytes) return std::nullopt;
        return "the disk that holds " + folder.string() + " is almost full: free some space";
    });
    http::add_service_api(router, metrics, health, "Learning Loop");
}

} // namespace learning_loop
