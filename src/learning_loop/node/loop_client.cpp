#include "learning_loop/node/loop_client.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/http/url.h"
#include "learning_loop/json/json.h"
#include "learning_loop/node/training_answers.h"

#include <algorithm>

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

/// `T`: what is read of each model.
template <class T>
Result<std::vector<T>> models_from(std::string const& text)
{
    auto const document = parse_json(text, "models");
    if (!document) return document.error();
    auto const listed = from_json<ListedModels>(*document);
    if (!listed) return listed.error();
    std::vector<T> models;
    for (auto const& item : listed->models) { // a model without a version is not an error: it is not stored yet
        if (auto model = from_json<T>(item)) models.push_back(std::move(*model));
    }
    return models;
}

constexpr std::chrono::minutes max_time_to_store{5};     // of a model; nothing comes from the Loop meanwhile
constexpr std::chrono::minutes max_time_to_list{2};      // the images of a large project
constexpr std::size_t max_id_list_bytes = 256u << 20;    // of some millions of images
constexpr std::size_t max_image_rows_bytes = 128u << 20; // of a page of images with many outlines

/// What takes the Loop a while to list. `what` names it in errors.
Task<Result<std::string>> fetch_long_list(LoopSession& session, std::string path, std::size_t max_bytes,
                                          char const* what)
{
    LoopSession::Call const call = [path = std::move(path), max_bytes](auto& http) {
        http::CallOptions options;
        options.stall_timeout = max_time_to_list;
        options.max_answer_bytes = max_bytes;
        return http.get(path, std::move(options));
    };
    auto answer = co_await session.ask(call, WhenBusy::answer);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, what);
    co_return std::move(answer->body);
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
    auto const text = co_await fetch_model_list("");
    if (!text) co_return text.error();
    co_return models_from<ListedModel>(*text);
}

Task<Result<std::vector<ModelWithFormats>>> LoopClient::fetch_models_in(std::string format)
{
    auto const text = co_await fetch_model_list("?format=" + http::percent_encoded(format));
    if (!text) co_return text.error();
    auto models = models_from<ModelWithFormats>(*text);
    if (!models) co_return models;
    std::erase_if(*models, [&](auto const& model) {
        bool const has_format = std::ranges::find(model.formats, format) != model.formats.end();
        return !has_format || !is_uuid(model.id) || !is_version(model.version);
    });
    co_return models;
}

Task<Result<std::string>> LoopClient::fetch_model_list(std::string query)
{
    LoopSession::Call const call = [path = path_to(loop_api::models) + query](auto& http) { return http.get(path); };
    auto answer = co_await session_.ask(call, WhenBusy::answer);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "models");
    co_return std::move(answer->body);
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

Task<Result<void>> LoopClient::download_model(std::string model_id, std::string format, std::filesystem::path zip,
                                              std::shared_ptr<http::TransferProgress> progress)
{
    LoopSession::Call const call = [path = path_to_file(model_id, format), zip,
                                    progress = std::move(progress)](auto& http) {
        http::DownloadOptions options;
        options.progress = progress;
        options.max_bytes = loop_api::max_model_bytes;
        return http.download(path, zip, std::move(options));
    };
    auto const answer = co_await session_.ask(call);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "model download");
    co_return Result<void>();
}

Task<Result<ModelUpload>> LoopClient::upload_model(std::string model_id, std::string format,
                                                   std::vector<http::FormPart> parts)
{
    co_return co_await put_model(path_to_file(model_id, format), std::move(parts), nullptr, Refusals::of_conversions);
}

Task<Result<ModelUpload>> LoopClient::upload_trained_model(int training_number, std::string format,
                                                           std::vector<http::FormPart> parts,
                                                           std::shared_ptr<http::TransferProgress> progress)
{
    auto path = http::path_of(loop_api::latest_model_file, {{"organization", project_.organization},
                                                            {"project", project_.project},
                                                            {"training", std::to_string(training_number)},
                                                            {"format", format}});
    co_return co_await put_model(std::move(path), std::move(parts), std::move(progress), Refusals::of_trainings);
}

Task<Result<ModelUpload>> LoopClient::put_model(std::string path, std::vector<http::FormPart> parts,
                                                std::shared_ptr<http::TransferProgress> progress, Refusals refusals)
{
    LoopSession::Call const call = [path = std::move(path), parts = std::move(parts),
                                    progress = std::move(progress)](auto& http) {
        http::CallOptions options;
        options.stall_timeout = max_time_to_store;
        options.progress = progress;
        return http.put_files(path, parts, std::move(options));
    };
    auto const answer = co_await session_.ask(call, WhenBusy::answer);
    if (!answer) co_return answer.error();
    co_return read_model_upload(*answer, refusals);
}

Task<Result<std::vector<std::string>>> LoopClient::fetch_image_ids(ImageState state)
{
    auto const* word = boost::describe::enum_to_string(state, "");
    auto path = path_to(loop_api::data) + "?state=" + word;
    auto const text = co_await fetch_long_list(session_, std::move(path), max_id_list_bytes, "images of the project");
    if (!text) co_return text.error();
    co_return read_image_ids(*text);
}

Task<Result<std::vector<TrainingImage>>> LoopClient::fetch_training_images(std::vector<std::string> ids)
{
    std::string list;
    for (auto const& id : ids) list += (list.empty() ? "" : ",") + id;
    auto path = path_to(loop_api::images) + "?ids=" + list;
    auto const text = co_await fetch_long_list(session_, std::move(path), max_image_rows_bytes, "images");
    if (!text) co_return text.error();
    co_return read_training_images(*text, ids);
}

Task<Result<std::string>> LoopClient::download_image(std::string id, std::size_t max_bytes)
{
    auto path = http::path_of(loop_api::image_file,
                              {{"organization", project_.organization}, {"project", project_.project}, {"image", id}});
    LoopSession::Call const call = [path = std::move(path), max_bytes](auto& http) {
        http::CallOptions options;
        options.max_answer_bytes = max_bytes;
        return http.get(path, std::move(options));
    };
    auto answer = co_await session_.ask(call, WhenBusy::answer);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "image " + id);
    co_return std::move(answer->body);
}

Task<Result<void>> LoopClient::upload_detections(std::string json_body)
{
    LoopSession::Call const call = [path = path_to(loop_api::detections), body = std::move(json_body)](auto& http) {
        http::CallOptions options;
        options.stall_timeout = max_time_to_store;
        return http.post_json(path, body, std::move(options));
    };
    auto const answer = co_await session_.ask(call, WhenBusy::answer);
    if (!answer) co_return answer.error();
    if (answer->status == 200) co_return Result<void>(); // no other one says that they are stored
    auto refusal = loop_refusal(*answer, "detections");
    if (!is_passing_refusal(answer->status)) refusal.code = Errc::unprocessable;
    co_return refusal;
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

std::string LoopClient::path_to_file(std::string const& model_id, std::string const& format) const
{
    return http::path_of(loop_api::model_file, {{"organization", project_.organization},
                                                {"project", project_.project},
                                                {"model", model_id},
                                                {"format", format}});
}

} // namespace learning_loop
