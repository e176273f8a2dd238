#include "learning_loop/server/projects/project_lookup.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

struct ProjectPath {
    std::string organization;
    std::string project;
};
BOOST_DESCRIBE_STRUCT(ProjectPath, (), (organization, project))

class ProjectLookup {
public:
    explicit ProjectLookup(store::ProjectRepository& projects) : projects_(projects) {}

    void add_to(http::Router& router) { router.look_up(*this, &ProjectLookup::find); }

private:
    Task<Result<store::Project>> find(http::FromPath<ProjectPath> path)
    {
        return require_project(projects_, path->organization, path->project);
    }

    store::ProjectRepository& projects_;
};

} // namespace

void add_project_lookup(http::Router& router, store::ProjectRepository& projects)
{
    router.keep<ProjectLookup>(projects);
}

Task<Result<store::Project>> require_project(store::ProjectRepository& projects, std::string organization,
                                             std::string name)
{
    if (!is_name(organization) || !is_name(name)) co_return no_such_project(organization, name);
    auto found = co_await projects.find(organization, name);
    if (!found) co_return found.error();
    if (*found) co_return std::move(**found);
    co_return no_such_project(organization, name);
}

Error no_such_project(std::string const& organization, std::string const& name)
{
    if (!is_name(organization) || !is_name(name)) // no answer may repeat such a name
        return {Errc::not_found, "the path names no project: see GET /api/projects"};
    return {Errc::not_found, "the organization '" + organization + "' has no project '" + name +
                                 "': see GET /api/projects, or make one with POST /api/" + organization +
                                 "/projects {\"project_name\": \"" + name +
                                 "\"}, or one of rendered images with POST /api/" + organization +
                                 "/projects/generator"};
}

std::string resource_of(store::Project const& project)
{
    return "/" + project.organization + "/projects/" + project.name;
}

} // namespace learning_loop
