#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/model_list.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/models/model_description.h"
#include "learning_loop/server/models/model_format.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/server/models/model_upload_api.h"
#include "learning_loop/server/trainings/begin_details.h"
#include "learning_loop/server/trainings/training_api.h"
#include "learning_loop/server/trainings/training_path.h"

#include <boost/describe/class.hpp>

namespace learning_loop {
namespace {

struct LatestModelPath : TrainingPath {
    std::string format;
};
BOOST_DESCRIBE_STRUCT(LatestModelPath, (TrainingPath), (format))

/// What a trainer does not write into its model.json, but the training knows.
void complete(boost::json::object& description, store::TrainingRow const& training)
{
    if (auto const resolution = resolution_of(training)) set_if_absent(description, "resolution", *resolution);
    auto const& variant = training.model_variant;
    if (!variant.empty()) set_if_absent(description, "model_size", boost::json::string(variant));
}

class TrainingUploadApi {
public:
    TrainingUploadApi(TrainingApiParts const& parts, ModelIntake& intake) : parts_(parts), intake_(intake) {}

    void add_to(http::Router& router)
    {
        auto& route = router.put(loop_api::latest_model_file, *this, &TrainingUploadApi::add);
        route.open_to(http::Access::nodes)
            .summary("Takes the newest model of a training in one format, as `files`. 409 tells the id if it has other "
                     "files in it.")
            .body_limit(loop_api::max_model_upload_bytes)
            .takes_room();
        route.operation.gives_json(json_type<UploadedModel>());
    }

private:
    Task<Result<http::Response>> add(http::FromPath<LatestModelPath> path, store::Project project, http::Caller caller,
                                     http::Upload upload)
    {
        auto const turn = co_await intake_.wait_for_turn();
        if (!turn) co_return turn.error();
        auto const training = co_await require_for_upload(parts_.repository, project, path->training);
        if (!training) co_return training.error();
        if (auto const own = check_trainer(*training, caller); !own) co_return own.error();
        if (auto const good = check_model_format(path->format, "format"); !good) co_return good.error();
        auto package = co_await intake_.read(std::move(upload));
        if (!package) co_return package.error();
        complete(package->description, *training);
        auto const latest = co_await parts_.repository.last_result(training->number);
        if (!latest) co_return latest.error();
        co_return co_await add_format(intake_, std::move(project), latest->model, path->format, std::move(*package));
    }

    TrainingApiParts parts_;
    ModelIntake& intake_;
};

} // namespace

void add_training_upload_api(http::Router& router, TrainingApiParts const& parts, ModelIntake& intake)
{
    router.keep<TrainingUploadApi>(parts, intake);
}

} // namespace learning_loop
