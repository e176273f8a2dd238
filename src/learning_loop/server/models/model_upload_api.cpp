#include "learning_loop/server/models/model_upload_api.h"

#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/model_list.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_errors.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/model_repository.h"

namespace learning_loop {
namespace {

struct FormatPath {
    std::string format;
};
BOOST_DESCRIBE_STRUCT(FormatPath, (), (format))

struct FilePath : FormatPath {
    std::string model;
};
BOOST_DESCRIBE_STRUCT(FilePath, (FormatPath), (model))

struct Lineage {
    std::optional<std::string> parent; ///< The id of the model that it continues.
};
BOOST_DESCRIBE_STRUCT(Lineage, (), (parent))

struct Retry {
    std::optional<std::string> idempotency_key;
};
BOOST_DESCRIBE_STRUCT(Retry, (), (idempotency_key))

Error no_format(store::Project const& project)
{
    return {Errc::unprocessable,
            "format: is missing in the path: send the model to POST /api" + resource_of(project) + "/models/{format}"};
}

/// The files were there already: nothing is changed by sending them again.
std::string other_parent(Model const& model, std::optional<std::string> const& parent)
{
    return "parent: is not taken: these files are there already, as version " + model.version + ", which continues " +
           (parent ? "the model " + *parent : "no model");
}

/// One path under which new models come in.
class NewModelApi {
public:
    NewModelApi(ModelIntake& intake, store::ModelRepository& models, std::string_view path)
        : intake_(intake), models_(models), path_(path)
    {}

    void add_to(http::Router& router)
    {
        router.post(path_, *this, &NewModelApi::add)
            .open_to(http::Access::nodes)
            .summary("Takes a model: its files, or one zip of them, in `files`. The same again is the same model.")
            .body_limit(loop_api::max_model_upload_bytes)
            .takes_room();
    }

private:
    Task<Result<UploadedModel>> add(http::FromPath<FormatPath> path, store::Project project,
                                    http::FromQuery<Lineage> lineage, http::FromHeaderOrQuery<Retry> retry,
                                    http::Upload upload)
    {
        constexpr std::size_t max_key = 255;
        if (path->format == "models") co_return no_format(project); // the last part of the path was forgotten
        store::NewModel wanted;
        wanted.parent = lineage->parent;
        wanted.idempotency_key = retry->idempotency_key;
        if (wanted.idempotency_key && wanted.idempotency_key->size() > max_key)
            co_return Error{Errc::unprocessable, "Idempotency-Key: use at most 255 characters"};
        auto const turn = co_await intake_.wait_for_turn();
        if (!turn) co_return turn.error();
        auto package = co_await intake_.read(std::move(upload));
        if (!package) co_return package.error();
        auto remarks = package->remarks;
        auto const parent = lineage->parent ? std::optional(lower_case(*lineage->parent)) : std::nullopt;
        auto const model =
            co_await intake_.add(std::move(project), path->format, std::move(*package), std::move(wanted));
        if (!model) co_return model.error();
        if (parent) {
            auto const kept = co_await models_.parent_of(model->id);
            if (!kept) co_return kept.error();
            if (*kept != parent) remarks.push_back(other_parent(*model, *kept));
        }
        co_return UploadedModel{model->id, model->version, std::move(remarks)};
    }

    ModelIntake& intake_;
    store::ModelRepository& models_;
    std::string_view path_;
};

class NewFormatApi {
public:
    NewFormatApi(ModelIntake& intake, FormatCheck check) : intake_(intake), check_(std::move(check)) {}

    void add_to(http::Router& router)
    {
        auto& route = router.put(loop_api::model_file, *this, &NewFormatApi::add);
        route.open_to(http::Access::nodes)
            .summary("Takes a model in one more format, as `files`. 409 tells the id if it has other files in it.")
            .body_limit(loop_api::max_model_upload_bytes)
            .takes_room();
        route.operation.gives_json(json_type<UploadedModel>());
    }

private:
    Task<Result<http::Response>> add(http::FromPath<FilePath> path, store::Project project, http::Caller caller,
                                     http::Upload upload)
    {
        auto const turn = co_await intake_.wait_for_turn();
        if (!turn) co_return turn.error();
        auto const may_add = co_await check_(path->model, caller);
        if (!may_add) co_return may_add.error();
        auto package = co_await intake_.read(std::move(upload));
        if (!package) co_return package.error();
        co_return co_await add_format(intake_, std::move(project), path->model, path->format, std::move(*package));
    }

    ModelIntake& intake_;
    FormatCheck check_;
};

} // namespace

Task<Result<http::Response>> add_format(ModelIntake& intake, store::Project project, std::string id, std::string format,
                                        ModelPackage package)
{
    auto remarks = package.remarks;
    auto const model = co_await intake.add_format(std::move(project), id, std::move(format), std::move(package));
    bool const is_other = !model && model.error().code == Errc::conflict;
    if (is_other) co_return model_conflict(lower_case(id), model.error());
    if (!model) co_return model.error();
    UploadedModel const uploaded{model->id, model->version, std::move(remarks)};
    co_return http::json_of_struct(uploaded);
}

void add_model_upload_api(http::Router& router, ModelIntake& intake, store::ModelRepository& models, FormatCheck check)
{
    router.keep<NewModelApi>(intake, models, loop_api::model_upload);
    router.keep<NewFormatApi>(intake, std::move(check));
}

void add_short_model_upload_api(http::Router& router, ModelIntake& intake, store::ModelRepository& models)
{
    router.keep<NewModelApi>(intake, models, loop_api::short_model_upload);
}

} // namespace learning_loop
