#include "learning_loop/server/projects/project_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/project.h"
#include "learning_loop/http/api/exact_json.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/projects/new_category.h"
#include "learning_loop/server/projects/organization_path.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/server/projects/project_name.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/project_removals.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

ProjectEntry project_entry(store::Project const& project)
{
    return {project.organization, project.name, resource_of(project)};
}

struct Deletion {
    bool keep_images = false;
};
BOOST_DESCRIBE_STRUCT(Deletion, (), (keep_images))

/// The project that is asked for, without its organization. Errors: unprocessable, conflict; the message names what is
/// wrong.
Result<store::Project> project_from(NewProject const& wanted)
{
    auto id = project_id_from(wanted.project_name);
    if (!id) return id.error();
    auto categories = categories_from(wanted.categories);
    if (!categories) return categories.error();
    store::Project project;
    project.name = std::move(*id);
    project.categories = std::move(*categories);
    project.test_percent = wanted.test_percent.value_or(project.test_percent);
    project.val_percent = wanted.val_percent.value_or(project.val_percent);
    auto const are_percent = project.test_percent >= 0 && project.val_percent >= 0 && project.test_percent <= 100 &&
                             project.val_percent <= 100 - project.test_percent;
    if (are_percent) return project;
    return Error{Errc::unprocessable, "test_percent, val_percent: " + std::to_string(project.test_percent) + " and " +
                                          std::to_string(project.val_percent) + " are not within 0 and, together, 100"};
}

class ProjectApi {
public:
    explicit ProjectApi(ProjectApiParts const& parts)
        : projects_(parts.projects), images_(parts.images), removals_(parts.removals), deleted_(parts.deleted)
    {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::projects, *this, &ProjectApi::list)
            .open_to(http::Access::nodes)
            .summary("The projects that you may see; the one that changed last is first.");
        router.get(loop_api::project, *this, &ProjectApi::describe)
            .open_to(http::Access::nodes)
            .summary("A project's categories and how many images it has.");
        router.post(loop_api::organization_projects, *this, &ProjectApi::make)
            .open_to(http::Access::people)
            .takes_room()
            .summary("Makes a project without images.");
        router.add("DELETE", loop_api::project, *this, &ProjectApi::remove)
            .open_to(http::Access::people)
            .summary("Deletes a project with all that is in it; `keep_images` sets the files of its images aside.");
    }

private:
    Task<Result<ProjectList>> list(http::Caller caller)
    {
        auto const projects = co_await projects_.all();
        if (!projects) co_return projects.error();
        ProjectList list;
        for (auto const& project : *projects) {
            if (caller.sees(project.organization, project.name)) list.projects.push_back(project_entry(project));
        }
        co_return list;
    }

    Task<Result<ProjectDetails>> describe(store::Project project)
    {
        auto const counts = co_await images_.counts(project.number);
        if (!counts) co_return counts.error();
        auto const broken = co_await images_.count_broken(project.number);
        if (!broken) co_return broken.error();
        ProjectDetails details{{project_entry(project)}, project.categories, {}, *broken};
        for (auto const& [state, count] : *counts) {
            details.image_counts[boost::describe::enum_to_string(state, "?")] = count;
        }
        co_return details;
    }

    Task<Result<ProjectDetails>> make(http::FromPath<OrganizationPath> path, http::FromExactJson<NewProject> wanted)
    {
        if (auto const good = check_organization(path->organization); !good) co_return good.error();
        auto asked = project_from(wanted.value);
        if (!asked) co_return asked.error();
        asked->organization = path->organization;
        auto made = co_await projects_.make(std::move(*asked));
        if (!made) co_return made.error();
        log::info("{}/{}: was made", made->organization, made->name);
        co_return co_await describe(std::move(*made));
    }

    /// Ends long before the last row is gone.
    Task<Result<DeletedProject>> remove(http::FromQuery<Deletion> how, http::Caller caller, store::Project project)
    {
        auto const begun = co_await removals_.begin(project.number, how->keep_images);
        if (!begun) co_return begun.error();
        deleted_(project.number);
        log::info("{}/{}: was deleted by {}", project.organization, project.name, log::value(caller.name));
        co_return DeletedProject{project.organization, project.name, how->keep_images};
    }

    store::ProjectRepository& projects_;
    store::ImageRepository& images_;
    store::ProjectRemovals& removals_;
    std::function<void(std::int64_t)> deleted_;
};

} // namespace

void add_project_api(http::Router& router, ProjectApiParts const& parts)
{
    router.keep<ProjectApi>(parts);
}

} // namespace learning_loop
