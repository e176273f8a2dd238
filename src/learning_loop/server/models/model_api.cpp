#include "learning_loop/server/models/model_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/model_list.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_errors.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project.h"

#include <algorithm>

namespace learning_loop {
namespace {

struct FormatPath {
    std::string format;
};
BOOST_DESCRIBE_STRUCT(FormatPath, (), (format))

struct ModelFilePath : FormatPath {
    std::string model;
};
BOOST_DESCRIBE_STRUCT(ModelFilePath, (FormatPath), (model))

struct ModelFilter {
    std::optional<std::string> format; ///< Only models that come in it.
};
BOOST_DESCRIBE_STRUCT(ModelFilter, (), (format))

bool has_format(Model const& model, std::string_view format)
{
    return std::find(model.formats.begin(), model.formats.end(), format) != model.formats.end();
}

class ModelApi {
public:
    ModelApi(store::ModelRepository& models, ModelIntake& intake) : models_(models), intake_(intake) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::models, *this, &ModelApi::list)
            .open_to(http::Access::detectors)
            .summary("The project's models, in the order of their making.");
        router.post(loop_api::model_upload, *this, &ModelApi::add)
            .open_to(http::Access::nodes)
            .summary("Takes a model: its files, or one zip of them, in `files`.")
            .body_limit(loop_api::max_model_upload_bytes)
            .takes_room();
        router.get(loop_api::model_file, *this, &ModelApi::file)
            .open_to(http::Access::detectors)
            .summary("A model's files, as a zip.")
            .operation.gives("application/zip");
    }

private:
    Task<Result<ModelList>> list(http::FromQuery<ModelFilter> filter, store::Project project)
    {
        auto const models = co_await models_.all(project.number);
        if (!models) co_return models.error();
        ModelList list;
        for (auto const& model : *models) {
            if (!filter->format || has_format(model, *filter->format)) list.models.push_back({{model}, intake_.host()});
        }
        co_return list;
    }

    Task<Result<UploadedModel>> add(http::FromPath<FormatPath> path, store::Project project, http::Upload upload)
    {
        auto const& format = path->format;
        if (!is_name(format)) co_return Error{Errc::unprocessable, "format: use letters, digits, '_', '-' and '.'"};
        auto files = co_await intake_.read(std::move(upload));
        if (!files) co_return files.error();
        auto const model = co_await intake_.add(project, new_uuid(), format, std::move(*files));
        if (!model) co_return model.error();
        log::info("{}/{}: model {} came in as {}", project.organization, project.name, model->version, format);
        co_return UploadedModel{model->id, model->version};
    }

    Task<Result<http::Response>> file(http::FromPath<ModelFilePath> path, store::Project project)
    {
        auto const id = lower_case(path->model);
        auto const found = co_await models_.find(project.number, id);
        if (!found) co_return found.error();
        auto const& model = *found;
        if (!model) co_return no_model(project, id);
        auto const& format = path->format;
        if (!has_format(*model, format)) {
            co_return Error{Errc::not_found,
                            "the model " + model->version + " does not come in the format '" + printable(format) + "'"};
        }
        http::Response response;
        response.content_type = "application/zip";
        auto const name = project.name + "_" + model->version + "_" + format + ".zip";
        // Nodes take all that follows `filename=` for the name: nothing may come after it.
        response.headers.add("Content-Disposition", "attachment; filename=\"" + name + "\"");
        response.body = http::FileBody{models_.file_of(project.organization, project.name, model->id, format), {}};
        co_return response;
    }

    store::ModelRepository& models_;
    ModelIntake& intake_;
};

} // namespace

void add_model_api(http::Router& router, store::ModelRepository& models, ModelIntake& intake)
{
    router.keep<ModelApi>(models, intake);
}

} // namespace learning_loop
