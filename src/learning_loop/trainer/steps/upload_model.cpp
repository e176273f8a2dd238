#include "learning_loop/trainer/steps/upload_model.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/json/json.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/trainer/steps/follow_transfer.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/training/active_training.h"

namespace learning_loop {
namespace {

using Kind = StepOutcome::Kind;

constexpr auto* no_model = "the training made no model: the process found no best state, or did not tell of any";

/// What the trainer knows of its model; the Loop adds the rest.
std::string describe_model(TrainingRecord const& record, boost::json::object const& description)
{
    auto json = description;
    json["categories"] = to_json(record.details.categories);
    return to_text(json);
}

std::vector<http::FormPart> parts_of_model(std::vector<std::filesystem::path> const& files, std::string description)
{
    std::vector<http::FormPart> parts;
    auto const field = std::string(loop_api::files_field);
    for (auto const& file : files) {
        if (file.filename() != "model.json") // exactly one: that which follows
            parts.push_back({field, file.filename().string(), "application/octet-stream", file});
    }
    parts.push_back({field, "model.json", "application/json", std::move(description)});
    return parts;
}

/// Errors: unprocessable if it must not be uploaded so.
Result<void> check_model(ModelFiles const& model)
{
    if (model.formats.empty()) return Error{Errc::unprocessable, no_model};
    for (auto const& [format, files] : model.formats) {
        if (!is_name(format))
            return Error{Errc::unprocessable, "'" + printable(format) +
                                                  "' is no name of a format: use letters, digits, "
                                                  "'_', '-' and '.'"};
        if (files.empty()) return Error{Errc::unprocessable, "the format " + format + " has no files"};
    }
    return {};
}

Task<Result<ModelFiles>> collect_files(ActiveTraining& active, StepTools& tools)
{
    std::function<Result<ModelFiles>(TrainerLogic&)> collect =
        [training = active.view(), best = best_state_of(active.folders, *active.record.best)](TrainerLogic& logic) {
            return logic.collect_model_files(training, best);
        };
    auto model = co_await tools.logic.call(std::move(collect));
    if (!model) co_return model;
    if (auto const checked = check_model(*model); !checked) co_return checked.error();
    co_return model;
}

StepOutcome outcome_of_upload(TrainingRecord& record, std::string const& format, ModelUpload const& upload)
{
    using enum ModelUpload::Outcome;
    if (upload.outcome == gone || upload.outcome == refused) return {Kind::given_up, upload.reason};
    auto const id = upload.id.value_or("");
    if (id.empty() && upload.outcome == stored) // it may not have come from the Loop
        return {Kind::failed, "model upload: the answer tells no id of a model"};
    if (id.empty() && record.model_id.empty())
        return {Kind::given_up, "the Loop has the format " + format + " already, but does not tell the model's id"};
    record.uploaded[format] = id;
    if (!id.empty()) record.model_id = id;
    return {};
}

} // namespace

Task<StepOutcome> upload_model(ActiveTraining& active, StepTools& tools)
{
    auto& record = active.record;
    if (!record.best) co_return StepOutcome{Kind::given_up, no_model};
    if (auto const wanted = failure_wanted(tools.controls.errors.save_model)) co_return step_failed(*wanted);
    auto model = co_await collect_files(active, tools);
    if (!model) co_return step_refused(model.error());
    LoopClient loop(tools.session, record.context);
    auto const description = describe_model(record, model->description);
    double const share = 1.0 / static_cast<double>(model->formats.size());
    ProgressPart part{0, 0};
    for (auto const& [format, files] : model->formats) {
        part = {part.end, part.end + share};
        if (record.uploaded.contains(format)) continue;
        auto const progress = std::make_shared<http::TransferProgress>(); // shared: with the client's thread
        auto parts = parts_of_model(files, description);
        auto transfer = loop.upload_trained_model(record.details.training_number, format, std::move(parts), progress);
        auto const uploaded = co_await follow_transfer(active, progress, part, std::move(transfer));
        if (!uploaded) co_return step_failed(uploaded.error());
        auto outcome = outcome_of_upload(record, format, *uploaded);
        if (outcome.kind != Kind::done) co_return outcome;
        auto const saved = co_await active.save();
        if (!saved) co_return step_failed(saved.error());
        log::info("{}: the Loop has the model in the format {}", name_of(record), format);
    }
    co_return StepOutcome();
}

} // namespace learning_loop
