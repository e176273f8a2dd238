#include "learning_loop/server/models/deployment_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/deployment.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_errors.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project.h"

namespace learning_loop {
namespace {

DeploymentTargetDetails details_of(DeploymentTarget const& target)
{
    return {target.model_uuid, target.version, target.version};
}

class DeploymentApi {
public:
    explicit DeploymentApi(store::ModelRepository& models) : models_(models) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::deployment_target, *this, &DeploymentApi::target)
            .open_to(http::Access::detectors)
            .summary("The model that the project's detectors are to run.");
        router.put(loop_api::deployment_target, *this, &DeploymentApi::choose)
            .open_to(http::Access::people)
            .summary("Chooses that model.");
    }

private:
    Task<Result<DeploymentTargetDetails>> target(store::Project project)
    {
        auto const target = co_await models_.target(project.number);
        if (!target) co_return target.error();
        if (!*target) co_return no_deployment_target(project);
        co_return details_of(**target);
    }

    Task<Result<DeploymentTargetDetails>> choose(http::FromJson<DeploymentTargetChoice> choice, store::Project project)
    {
        auto const id = lower_case(choice->model_uuid);
        auto const target = co_await models_.set_target(project.number, id);
        if (!target) co_return target.error();
        if (!*target) co_return Error{Errc::unprocessable, "model_uuid: " + no_model(project, id).message};
        log::info("{}/{}: the deployment target is version {}", project.organization, project.name, (*target)->version);
        co_return details_of(**target);
    }

    store::ModelRepository& models_;
};

} // namespace

void add_deployment_api(http::Router& router, store::ModelRepository& models)
{
    router.keep<DeploymentApi>(models);
}

} // namespace learning_loop
