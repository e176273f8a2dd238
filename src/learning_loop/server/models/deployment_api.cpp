#include "learning_loop/server/models/deployment_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/deployment.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/projects/project_path.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

DeploymentTargetDetails details_of(DeploymentTarget const& target)
{
    return {target.model_uuid, target.version, target.version};
}

class DeploymentApi {
public:
    DeploymentApi(store::ProjectRepository& projects, store::ModelRepository& models)
        : projects_(projects), models_(models)
    {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::deployment_target, *this, &DeploymentApi::target)
            .summary("The model that the project's detectors are to run.");
        router.put(loop_api::deployment_target, *this, &DeploymentApi::choose).summary("Chooses that model.");
    }

private:
    Task<Result<DeploymentTargetDetails>> target(http::FromPath<ProjectPath> path)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        auto const target = co_await models_.target(*project);
        if (!target) co_return target.error();
        co_return details_of(*target);
    }

    Task<Result<DeploymentTargetDetails>> choose(http::FromPath<ProjectPath> path,
                                                 http::FromJson<DeploymentTargetChoice> choice)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        auto const chosen = co_await models_.set_target(*project, lower_case(choice->model_uuid));
        if (!chosen && chosen.error().code == Errc::not_found) {
            co_return Error{Errc::unprocessable, "model_uuid: " + printable(chosen.error().message)};
        }
        if (!chosen) co_return chosen.error();
        auto const target = co_await models_.target(*project);
        if (!target) co_return target.error();
        log::info("{}/{}: the deployment target is version {}", project->organization, project->name, target->version);
        co_return details_of(*target);
    }

    store::ProjectRepository& projects_;
    store::ModelRepository& models_;
};

} // namespace

void add_deployment_api(http::Router& router, store::ProjectRepository& projects, store::ModelRepository& models)
{
    router.keep<DeploymentApi>(projects, models);
}

} // namespace learning_loop
