#include "learning_loop/server/model_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/server/model_package.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr http::RouteLimits upload_limits{512u << 20};

bool has_format(store::Model const& model, std::string_view format)
{
    return std::find(model.formats.begin(), model.formats.end(), format) != model.formats.end();
}

class ModelApi {
public:
    ModelApi(store::ProjectRepository& projects, store::ModelRepository& models, ModelIntake& intake)
        : projects_(projects), models_(models), intake_(intake)
    {}

    void add_to(http::Router& router)
    {
        router.get("/api/{organization}/projects/{project}/models", *this, &ModelApi::list);
        router.post("/api/{organization}/projects/{project}/models/{format}", *this, &ModelApi::add, upload_limits);
        router.get("/api/{organization}/projects/{project}/models/{model}/{format}/file", *this, &ModelApi::file);
    }

private:
    Task<Result<http::Response>> list(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const models = co_await models_.all(*project);
        if (!models) co_return models.error();
        auto const format = request.query_value("format");
        boost::json::array items;
        for (auto const& model : *models) {
            if (format && !has_format(model, *format)) continue;
            auto item = to_json(model).as_object();
            item["host"] = intake_.host();
            items.push_back(std::move(item));
        }
        co_return http::json_response({{"models", std::move(items)}});
    }

    Task<Result<http::Response>> add(http::Request request)
    {
        auto project = co_await find(request);
        if (!project) co_return project.error();
        auto const format = request.place("format");
        if (!is_name(format)) co_return Error{Errc::unprocessable, "format: use letters, digits, '_', '-' and '.'"};
        auto const type = std::string(request.content_type());
        auto read = [type, body = std::move(request.body)] { return read_model_upload(type, body); };
        auto files = co_await intake_.packing().run(std::move(read));
        if (!files) co_return files.error();
        auto const model = co_await intake_.add(*project, new_uuid(), format, std::move(*files));
        if (!model) co_return model.error();
        log::info("{}/{}: model {} came in as {}", project->organization, project->name, model->version, format);
        co_return http::json_response({{"id", model->id}, {"version", model->version}});
    }

    Task<Result<http::Response>> file(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const model = co_await models_.find(*project, lower_case(request.place("model")));
        if (!model) co_return model.error();
        auto const format = request.place("format");
        if (!has_format(*model, format)) {
            co_return Error{Errc::not_found,
                            "the model " + model->version + " does not come in the format '" + printable(format) + "'"};
        }
        http::Response response;
        response.content_type = "application/zip";
        auto const name = project->name + "_" + model->version + "_" + format + ".zip";
        // Nodes take all that follows `filename=` for the name: nothing may come after it.
        response.headers.add("Content-Disposition", "attachment; filename=\"" + name + "\"");
        response.body = http::FileBody{models_.file_of(*project, model->id, format)};
        co_return response;
    }

    Task<Result<store::Project>> find(http::Request const& request)
    {
        return projects_.find(request.place("organization"), request.place("project"));
    }

    store::ProjectRepository& projects_;
    store::ModelRepository& models_;
    ModelIntake& intake_;
};

} // namespace

void add_model_api(http::Router& router, store::ProjectRepository& projects, store::ModelRepository& models,
                   ModelIntake& intake)
{
    router.keep<ModelApi>(projects, models, intake);
}

} // namespace learning_loop
