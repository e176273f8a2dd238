#include "learning_loop/server/projects/project_api.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/project.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

ProjectEntry entry_of(store::Project const& project)
{
    return {project.organization, project.name, resource_of(project)};
}

class ProjectApi {
public:
    ProjectApi(store::ProjectRepository& projects, store::ImageRepository& images)
        : projects_(projects), images_(images)
    {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::projects, *this, &ProjectApi::list)
            .open_to(http::Access::nodes)
            .summary("The projects that you may see; the one that changed last is first.");
        router.get(loop_api::project, *this, &ProjectApi::describe)
            .open_to(http::Access::nodes)
            .summary("A project's categories and how many images it has.");
    }

private:
    Task<Result<ProjectList>> list(http::Caller caller)
    {
        auto const projects = co_await projects_.all();
        if (!projects) co_return projects.error();
        ProjectList list;
        for (auto const& project : *projects) {
            if (caller.sees(project.organization, project.name)) list.projects.push_back(entry_of(project));
        }
        co_return list;
    }

    Task<Result<ProjectDetails>> describe(store::Project project)
    {
        auto const counts = co_await images_.counts(project.number);
        if (!counts) co_return counts.error();
        ProjectDetails details{{entry_of(project)}, project.categories, {}};
        for (auto const& [state, count] : *counts) {
            details.image_counts[boost::describe::enum_to_string(state, "?")] = count;
        }
        co_return details;
    }

    store::ProjectRepository& projects_;
    store::ImageRepository& images_;
};

} // namespace

void add_project_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images)
{
    router.keep<ProjectApi>(projects, images);
}

} // namespace learning_loop
