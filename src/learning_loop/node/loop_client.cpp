#include "learning_loop/node/loop_client.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/url.h"
#include "learning_loop/json/json.h"

namespace learning_loop {

namespace {

struct ListedModels {
    std::vector<boost::json::value> models;
};
BOOST_DESCRIBE_STRUCT(ListedModels, (), (models))

Result<DeploymentTarget> target_from(std::string const& text)
{
    auto const document = parse_json(text, "deployment target");
    if (!document) return document.error();
    auto target = from_json<DeploymentTarget>(*document, JsonPath("deployment target"));
    if (!target) return target;
    if (!is_uuid(target->model_uuid)) return Error{Errc::invalid_argument, "deployment target: model_uuid is no UUID"};
    if (!is_version(target->version)) {
        return Error{Errc::invalid_argument,
                     "deployment target: the version '" + printable(target->version) + "' is not digits and dots"};
    }
    return target;
}

Result<std::vector<ListedModel>> models_from(std::string const& text)
{
    auto const document = parse_json(text, "models");
    if (!document) return document.error();
    auto const listed = from_json<ListedModels>(*document);
    if (!listed) return listed.error();
    std::vector<ListedModel> models;
    for (auto const& item : listed->models) { // a model without a version is not an error: it is not stored yet
        if (auto model = from_json<ListedModel>(item)) models.push_back(std::move(*model));
    }
    return models;
}

} // namespace

LoopClient::LoopClient(LoopSession& session, Context project) : session_(session), project_(std::move(project)) {}

Task<Result<DeploymentTarget>> LoopClient::fetch_deployment_target()
{
    LoopSession::Call const call = [path = path_to(loop_api::deployment_target)](auto& http) { return http.get(path); };
    auto const answer = co_await session_.ask(call);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "deployment target");
    co_return target_from(answer->body);
}

Task<Result<std::vector<ListedModel>>> LoopClient::fetch_models()
{
    LoopSession::Call const call = [path = path_to(loop_api::models)](auto& http) { return http.get(path); };
    auto const answer = co_await session_.ask(call, WhenBusy::answer);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "models");
    co_return models_from(answer->body);
}

Task<Result<void>> LoopClient::report(DetectorStatus status)
{
    LoopSession::Call const call = [path = path_to(loop_api::detectors), body = to_text(to_json(status))](auto& http) {
        return http.post_json(path, body);
    };
    auto const answer = co_await session_.ask(call);
    if (!answer) co_return answer.error();
    if (answer->status / 100 != 2) co_return loop_refusal(*answer, "status report");
    co_return Result<void>();
}

Task<Result<void>> LoopClient::download_model(std::string model_id, std::string format, std::filesystem::path zip)
{
    auto const path = http::path_of(loop_api::model_file, {{"organization", project_.organization},
                                                           {"project", project_.project},
                                                           {"model", model_id},
                                                           {"format", format}});
    LoopSession::Call const call = [path, zip](auto& http) {
        http::DownloadOptions options;
        options.max_bytes = loop_api::max_model_bytes;
        return http.download(path, zip, std::move(options));
    };
    auto const answer = co_await session_.ask(call);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "model download");
    co_return Result<void>();
}

Task<Result<http::Answer>> LoopClient::upload_images(std::vector<http::FormPart> parts)
{
    LoopSession::Call const call = [path = path_to(loop_api::images), parts = std::move(parts)](auto& http) {
        return http.post_files(path, parts);
    };
    co_return co_await session_.ask(call, WhenBusy::answer);
}

std::string LoopClient::path_to(std::string_view pattern) const
{
    return http::path_of(pattern, {{"organization", project_.organization}, {"project", project_.project}});
}

} // namespace learning_loop
