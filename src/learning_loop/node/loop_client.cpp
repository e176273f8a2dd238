#include "learning_loop/node/loop_client.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/json.h"
#include "learning_loop/base/log.h"
#include "learning_loop/net/http/url.h"

namespace learning_loop {

BOOST_DESCRIBE_STRUCT(ListedModel, (), (id, version))

namespace {

struct ListedModels {
    std::vector<boost::json::value> models;
};
BOOST_DESCRIBE_STRUCT(ListedModels, (), (models))

constexpr std::uintmax_t most_model_bytes = 4ull << 30;

http::ClientSettings http_settings(DetectorSettings const& settings)
{
    http::ClientSettings http;
    http.base_url = settings.loop_url;
    http.ca_file = settings.loop_ssl_cert_path.string();
    http.bearer_token = settings.loop_token.reveal();
    return http;
}

/// What the Loop itself says, when it says it the usual way.
Error refusal(http::Answer const& answer, std::string const& what)
{
    auto const code = answer.status == 404 ? Errc::not_found : Errc::unavailable;
    return {code, what + ": the Loop answers " + std::to_string(answer.status) + " " + printable(answer.body)};
}

} // namespace

LoopClient::LoopClient(DetectorSettings const& settings)
    : http_(http_settings(settings)),
      project_path_("/api/" + http::percent_encoded(settings.organization) + "/projects/" +
                    http::percent_encoded(settings.project)),
      username_(settings.username),
      password_(settings.password)
{}

/// With credentials, logs in first. Without any, tries anonymously first and after a 401 with the empty login, which
/// Loops grant to detectors. A session that has ended is renewed once.
template <class Call>
Result<http::Answer> LoopClient::asked(Call call)
{
    bool const has_login = !username_.empty() || !password_.empty();
    if (has_login && !logged_in_) {
        if (auto const done = log_in(); !done) return done.error();
    }
    auto answer = call();
    if (!answer || answer->status != 401) return answer;
    if (auto const done = log_in(); !done) return done.error();
    return call();
}

Result<void> LoopClient::log_in()
{
    auto const answer = http_.post_form("/api/login", {{"username", username_}, {"password", password_.reveal()}});
    if (!answer) return answer.error();
    logged_in_ = answer->status == 200;
    if (logged_in_) return {};
    return Error{Errc::unauthorized, "the Loop refuses the login (" + std::to_string(answer->status) +
                                         "): check LOOP_USERNAME and LOOP_PASSWORD"};
}

Result<DeploymentTarget> LoopClient::deployment_target()
{
    auto const answer = asked([&] { return http_.get(project_path_ + "/deployment/target"); });
    if (!answer) return answer.error();
    if (answer->status != 200) return refusal(*answer, "deployment target");
    auto const document = parse_json(answer->body, "deployment target");
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

Result<std::vector<ListedModel>> LoopClient::models()
{
    auto const answer = asked([&] { return http_.get(project_path_ + "/models"); });
    if (!answer) return answer.error();
    if (answer->status != 200) return refusal(*answer, "models");
    auto const document = parse_json(answer->body, "models");
    if (!document) return document.error();
    auto const listed = from_json<ListedModels>(*document);
    if (!listed) return listed.error();
    std::vector<ListedModel> models;
    for (auto const& item : listed->models) { // one without a version is not stored yet, no error
        if (auto model = from_json<ListedModel>(item)) models.push_back(std::move(*model));
    }
    return models;
}

Result<void> LoopClient::report(DetectorStatus const& status)
{
    auto const body = to_text(to_json(status));
    auto const answer = asked([&] { return http_.post_json(project_path_ + "/detectors", body); });
    if (!answer) return answer.error();
    if (answer->status / 100 != 2) return refusal(*answer, "status report");
    return {};
}

Result<void> LoopClient::download_model(std::string const& model_id, std::string const& format,
                                        std::filesystem::path const& zip)
{
    auto const path =
        project_path_ + "/models/" + http::percent_encoded(model_id) + "/" + http::percent_encoded(format) + "/file";
    auto const answer = asked([&] { return http_.download(path, zip, most_model_bytes); });
    if (!answer) return answer.error();
    if (answer->status != 200) return refusal(*answer, "model download");
    return {};
}

Result<http::Answer> LoopClient::upload_images(std::vector<http::FormPart> const& parts)
{
    return asked([&] { return http_.post_files(project_path_ + "/images", parts); });
}

} // namespace learning_loop
