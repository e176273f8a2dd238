#include "learning_loop/server/models/deployment_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/server/projects/project_path.h"

namespace learning_loop {
namespace {

/// The body of `PUT .../deployment/target`.
struct TargetChoice {
    std::string model_uuid;
};
BOOST_DESCRIBE_STRUCT(TargetChoice, (), (model_uuid))

struct TargetAnswer {
    std::string model_uuid;
    std::string version;
    std::string target_id; ///< The version, as scripts of 2022 read it.
};
BOOST_DESCRIBE_STRUCT(TargetAnswer, (), (model_uuid, version, target_id))

TargetAnswer answer_of(DeploymentTarget const& target)
{
    return {target.model_uuid, target.version, target.version};
}

struct Thanks {
    std::string status = "ok";
};
BOOST_DESCRIBE_STRUCT(Thanks, (), (status))

/// A report and when it came.
struct DetectorEntry : DetectorStatus {
    std::string last_seen;
};
BOOST_DESCRIBE_STRUCT(DetectorEntry, (DetectorStatus), (last_seen))

struct DetectorList {
    std::vector<DetectorEntry> detectors;
};
BOOST_DESCRIBE_STRUCT(DetectorList, (), (detectors))

constexpr std::size_t max_report_bytes = 64 * 1024;

class DeploymentApi {
public:
    DeploymentApi(store::ProjectRepository& projects, store::ModelRepository& models,
                  store::DetectorRepository& detectors)
        : projects_(projects), models_(models), detectors_(detectors)
    {}

    void add_to(http::Router& router)
    {
        constexpr auto target_path = "/api/{organization}/projects/{project}/deployment/target";
        constexpr auto detectors_path = "/api/{organization}/projects/{project}/detectors";
        router.get(target_path, *this, &DeploymentApi::target)
            .summary("The model that the project's detectors are to run.");
        router.put(target_path, *this, &DeploymentApi::choose).summary("Chooses that model.");
        router.get(detectors_path, *this, &DeploymentApi::detectors).summary("What the project's detectors told last.");
        router.post(detectors_path, *this, &DeploymentApi::report)
            .summary("A detector tells how it fares.")
            .body_limit(max_report_bytes);
    }

private:
    Task<Result<TargetAnswer>> target(http::FromPath<ProjectPath> path)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        auto const target = co_await models_.target(*project);
        if (!target) co_return target.error();
        co_return answer_of(*target);
    }

    Task<Result<TargetAnswer>> choose(http::FromPath<ProjectPath> path, http::FromJson<TargetChoice> choice)
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
        co_return answer_of(*target);
    }

    Task<Result<Thanks>> report(http::FromPath<ProjectPath> path, http::FromJson<DetectorStatus> status)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        if (status->uuid.empty()) co_return Error{Errc::unprocessable, "uuid: is empty"};
        auto const kept = co_await detectors_.keep(*project, std::move(status.value));
        if (!kept) co_return kept.error();
        co_return Thanks();
    }

    Task<Result<DetectorList>> detectors(http::FromPath<ProjectPath> path)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        auto const detectors = co_await detectors_.all(*project);
        if (!detectors) co_return detectors.error();
        DetectorList list;
        for (auto const& detector : *detectors) list.detectors.push_back({{detector.status}, detector.last_seen});
        co_return list;
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
