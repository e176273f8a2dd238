#include "learning_loop/server/models/deployment_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/deployment.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/exact_json.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_errors.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project.h"
#include "learning_loop/store/tables.h"

namespace learning_loop {
namespace {

DeploymentTargetDetails details_of(DeploymentTarget const& target)
{
    return {target.model_uuid, target.version, target.version};
}

TargetChoice choice_of(store::TargetHistoryRow const& row)
{
    return {row.model, row.version, row.chosen, row.chosen_by};
}

std::string name_of(http::Caller const& caller)
{
    return caller.name.empty() ? "nobody" : caller.name;
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
        router.add("DELETE", loop_api::deployment_target, *this, &DeploymentApi::take_away)
            .open_to(http::Access::people)
            .summary("Lets the detectors have none.");
        router.post(loop_api::deployment_rollback, *this, &DeploymentApi::roll_back)
            .open_to(http::Access::people)
            .summary("Goes back to the model that was the target before.");
        router.get(loop_api::deployment_history, *this, &DeploymentApi::history)
            .open_to(http::Access::nodes)
            .summary("Which models were the target, the newest first.");
    }

private:
    Task<Result<DeploymentTargetDetails>> target(store::Project project)
    {
        auto const target = co_await models_.target(project.number);
        if (!target) co_return target.error();
        if (!*target) co_return no_deployment_target(project);
        co_return details_of(**target);
    }

    Task<Result<DeploymentTargetDetails>> choose(http::FromExactJson<DeploymentTargetChoice> choice,
                                                 store::Project project, http::Caller caller)
    {
        auto const id = lower_case(choice->model_uuid);
        auto const target = co_await models_.set_target(project.number, id, name_of(caller));
        if (!target) co_return target.error();
        if (!*target) co_return Error{Errc::unprocessable, "model_uuid: " + no_model(project, id).message};
        tell(project, caller, (*target)->version);
        co_return details_of(**target);
    }

    Task<Result<DeploymentTargetDetails>> roll_back(store::Project project, http::Caller caller)
    {
        auto const target = co_await models_.roll_target_back(project.number, name_of(caller));
        if (!target) co_return target.error();
        if (!*target) co_return no_earlier_target(project);
        tell(project, caller, (*target)->version);
        co_return details_of(**target);
    }

    Task<Result<TargetChoice>> take_away(store::Project project, http::Caller caller)
    {
        auto const taken = co_await models_.take_target_away(project.number, name_of(caller));
        if (!taken) co_return taken.error();
        if (!*taken) co_return no_deployment_target(project);
        tell(project, caller, "none");
        co_return choice_of(**taken);
    }

    Task<Result<DeploymentHistory>> history(store::Project project)
    {
        auto const rows = co_await models_.target_history(project.number, loop_api::max_targets_told);
        if (!rows) co_return rows.error();
        DeploymentHistory history;
        for (auto const& row : *rows) history.history.push_back(choice_of(row));
        co_return history;
    }

    static void tell(store::Project const& project, http::Caller const& caller, std::string const& version)
    {
        log::info("{}/{}: the deployment target is version {}, says {}", project.organization, project.name, version,
                  name_of(caller));
    }

    store::ModelRepository& models_;
};

} // namespace

void add_deployment_api(http::Router& router, store::ModelRepository& models)
{
    router.keep<DeploymentApi>(models);
}

} // namespace learning_loop
