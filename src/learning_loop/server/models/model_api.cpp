#include "learning_loop/server/models/model_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/model_list.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_errors.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project.h"

#include <algorithm>

namespace learning_loop {
namespace {

struct ModelPath {
    std::string model;
};
BOOST_DESCRIBE_STRUCT(ModelPath, (), (model))

struct ModelFilePath : ModelPath {
    std::string format;
};
BOOST_DESCRIBE_STRUCT(ModelFilePath, (ModelPath), (format))

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
    ModelApi(store::ModelRepository& models, std::string host, ModelsChanged changed)
        : models_(models), host_(std::move(host)), changed_(std::move(changed))
    {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::models, *this, &ModelApi::list)
            .open_to(http::Access::detectors)
            .summary("The project's models, by their versions.");
        router.add("DELETE", loop_api::model, *this, &ModelApi::remove)
            .open_to(http::Access::people)
            .summary("Deletes a model that is not the deployment target.");
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
            if (!filter->format || has_format(model, *filter->format)) list.models.push_back({{model}, host_});
        }
        co_return list;
    }

    Task<Result<DeletedModel>> remove(http::FromPath<ModelPath> path, store::Project project)
    {
        auto const id = lower_case(path->model);
        auto const is_removed = co_await models_.remove(project.number, project.folder, id);
        if (!is_removed) co_return is_removed.error();
        if (!*is_removed) co_return no_model(project, id);
        log::info("{}/{}: the model {} was deleted", project.organization, project.name, id);
        changed_({project.organization, project.name});
        co_return DeletedModel{id};
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
        auto const is_whole = co_await models_.is_whole(project.folder, model->id, format);
        if (!is_whole) co_return is_whole.error();
        if (!*is_whole) {
            log::error("{}/{}: the file of the model {} in the format {} is lost or cut", project.organization,
                       project.name, model->id, format);
            co_return Error{Errc::not_found, "the file of the model " + model->version + " in the format '" + format +
                                                 "' is lost or cut: upload the same files again, or restore the data "
                                                 "folder from a backup"};
        }
        http::Response response;
        response.content_type = "application/zip";
        auto const name = project.name + "_" + model->version + "_" + format + ".zip";
        // Nodes take all that follows `filename=` for the name: nothing may come after it.
        response.headers.add("Content-Disposition", "attachment; filename=\"" + name + "\"");
        response.body = http::FileBody{models_.file_of(project.folder, model->id, format), {}};
        co_return response;
    }

    store::ModelRepository& models_;
    std::string host_;
    ModelsChanged changed_;
};

} // namespace

void add_model_api(http::Router& router, store::ModelRepository& models, std::string host, ModelsChanged changed)
{
    router.keep<ModelApi>(models, std::move(host), std::move(changed));
}

} // namespace learning_loop
