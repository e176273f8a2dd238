#include "support/fake_model_loop.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/multipart.h"
#include "learning_loop/json/json.h"

#include <algorithm>

namespace learning_loop::test {
namespace {

std::string project_of(http::Request const& request)
{
    return request.path_param("organization") + "/" + request.path_param("project");
}

std::string file_of(http::Request const& request)
{
    return request.path_param("model") + "/" + request.path_param("format");
}

boost::json::object json_of(FakeModel const& model)
{
    boost::json::array formats;
    for (auto const& format : model.formats) formats.emplace_back(format);
    return {{"id", model.id}, {"version", model.version}, {"formats", formats}, {"created", model.created}};
}

} // namespace

FakeModelLoop::FakeModelLoop() : server_(add_routes()) {}

http::Router& FakeModelLoop::add_routes()
{
    router_.get(loop_api::projects, *this, &FakeModelLoop::projects);
    router_.get(loop_api::models, *this, &FakeModelLoop::models);
    router_.get(loop_api::model_file, *this, &FakeModelLoop::download);
    router_.put(loop_api::model_file, *this, &FakeModelLoop::upload).body_limit(loop_api::max_model_upload_bytes);
    return router_;
}

void FakeModelLoop::add(std::string const& project, FakeModel model, std::string zip)
{
    with([&](auto& state) {
        state.zips[model.id + "/" + model.formats.front()] = std::move(zip);
        state.projects[project].push_back(std::move(model));
    });
}

std::vector<std::string> FakeModelLoop::uploads()
{
    return with([](auto& state) { return state.uploads; });
}

std::map<std::string, std::string> FakeModelLoop::files_of(std::string const& upload)
{
    return with([&](auto& state) {
        auto const taken = state.files.find(upload);
        return taken == state.files.end() ? std::map<std::string, std::string>() : taken->second;
    });
}

FakeModelLoop::Answer FakeModelLoop::projects(http::Request)
{
    boost::json::array list;
    auto const status = with([&](auto& state) {
        ++state.projects_asked;
        for (auto const& [name, models] : state.projects) {
            auto const slash = name.find('/');
            list.push_back({{"organization_id", name.substr(0, slash)},
                            {"project_id", name.substr(slash + 1)},
                            {"resource", "/" + name.substr(0, slash) + "/projects/" + name.substr(slash + 1)}});
        }
        return state.status_of_projects;
    });
    co_return http::json_response(boost::json::object{{"projects", std::move(list)}}, status);
}

FakeModelLoop::Answer FakeModelLoop::models(http::Request request)
{
    auto const name = project_of(request);
    std::string list;
    auto const status = with([&](auto& state) {
        list = state.odd_models;
        for (auto const& model : state.projects[name]) list += (list.empty() ? "" : ",") + to_text(json_of(model));
        return state.statuses_of_models.contains(name) ? state.statuses_of_models.at(name) : 200;
    });
    auto response = http::text_response(R"({"models":[)" + list + "]}");
    response.status = status;
    co_return response;
}

FakeModelLoop::Answer FakeModelLoop::download(http::Request request)
{
    auto const zip = with([&](auto& state) {
        ++state.downloads;
        auto const found = state.zips.find(file_of(request));
        return found == state.zips.end() ? std::string() : found->second;
    });
    if (zip.empty()) co_return Error{Errc::not_found, "no such model"};
    co_return http::text_response(zip);
}

FakeModelLoop::Answer FakeModelLoop::upload(http::Request request)
{
    auto const status = take(request);
    co_return http::json_response(boost::json::object{{"detail", "as the test wants it"}}, status);
}

int FakeModelLoop::take(http::Request const& request)
{
    auto const parts = http::parse_multipart(request.content_type(), request.body);
    if (!parts) return 400;
    return with([&](auto& state) {
        auto const name = file_of(request);
        state.uploads.push_back(name);
        if (!state.upload_statuses.empty()) {
            auto const status = state.upload_statuses.front();
            state.upload_statuses.erase(state.upload_statuses.begin());
            return status;
        }
        auto& models = state.projects[project_of(request)];
        auto const model = std::ranges::find(models, request.path_param("model"), &FakeModel::id);
        if (model == models.end()) return 404;
        if (state.files.contains(name)) return 409;
        for (auto const& part : *parts) state.files[name][part.file_name] = part.bytes;
        model->formats.push_back(request.path_param("format"));
        return state.loses_answers ? 500 : 200;
    });
}

} // namespace learning_loop::test
