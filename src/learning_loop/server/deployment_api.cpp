#include "learning_loop/server/deployment_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/server/json_body.h"

namespace learning_loop {
namespace {

/// The body of `PUT .../deployment/target`.
struct TargetChoice {
    std::string model_uuid;
};
BOOST_DESCRIBE_STRUCT(TargetChoice, (), (model_uuid))

http::Response target_response(DeploymentTarget const& target)
{
    return http::json_response({{"model_uuid", target.model_uuid},
                                {"version", target.version},
                                {"target_id", target.version}}); // as scripts of 2022 read it
}

class DeploymentApi {
public:
    DeploymentApi(store::ProjectRepository& projects, store::ModelRepository& models,
                  store::DetectorRepository& detectors)
        : projects_(projects), models_(models), detectors_(detectors)
    {}

    void add_to(http::Router& router)
    {
        router.get("/api/{organization}/projects/{project}/deployment/target", *this, &DeploymentApi::target);
        router.put("/api/{organization}/projects/{project}/deployment/target", *this, &DeploymentApi::choose);
        router.get("/api/{organization}/projects/{project}/detectors", *this, &DeploymentApi::detectors);
        router.post("/api/{organization}/projects/{project}/detectors", *this, &DeploymentApi::report, {64 * 1024});
    }

private:
    Task<Result<http::Response>> target(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const target = co_await models_.target(*project);
        if (!target) co_return target.error();
        co_return target_response(*target);
    }

    Task<Result<http::Response>> choose(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const choice = json_body<TargetChoice>(request);
        if (!choice) co_return choice.error();
        auto const chosen = co_await models_.set_target(*project, lower_case(choice->model_uuid));
        if (!chosen && chosen.error().code == Errc::not_found) {
            co_return Error{Errc::unprocessable, "model_uuid: " + printable(chosen.error().message)};
        }
        if (!chosen) co_return chosen.error();
        auto const target = co_await models_.target(*project);
        if (!target) co_return target.error();
        log::info("{}/{}: the deployment target is version {}", project->organization, project->name, target->version);
        co_return target_response(*target);
    }

    Task<Result<http::Response>> report(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto status = json_body<DetectorStatus>(request);
        if (!status) co_return status.error();
        if (status->uuid.empty()) co_return Error{Errc::unprocessable, "uuid: is empty"};
        auto const kept = co_await detectors_.keep(*project, std::move(*status));
        if (!kept) co_return kept.error();
        co_return http::json_response({{"status", "ok"}});
    }

    Task<Result<http::Response>> detectors(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const detectors = co_await detectors_.all(*project);
        if (!detectors) co_return detectors.error();
        boost::json::array items;
        for (auto const& detector : *detectors) {
            auto item = to_json(detector.status).as_object();
            item["last_seen"] = detector.last_seen;
            items.push_back(std::move(item));
        }
        co_return http::json_response({{"detectors", std::move(items)}});
    }

    Task<Result<store::Project>> find(http::Request const& request)
    {
        return projects_.find(request.place("organization"), request.place("project"));
    }

    store::ProjectRepository& projects_;
    store::ModelRepository& models_;
    store::DetectorRepository& detectors_;
};

} // namespace

void add_deployment_api(http::Router& router, store::ProjectRepository& projects, store::ModelRepository& models,
                        store::DetectorRepository& detectors)
{
    router.keep<DeploymentApi>(projects, models, detectors);
}

} // namespace learning_loop
