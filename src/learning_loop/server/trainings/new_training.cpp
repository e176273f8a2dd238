#include "learning_loop/server/trainings/new_training.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/from_text.h"
#include "learning_loop/server/nodes/node_owner.h"
#include "learning_loop/server/trainings/begin_details.h"

namespace learning_loop {
namespace {

constexpr std::size_t max_count = 100;
constexpr std::size_t max_name = 100;
constexpr std::size_t max_text = 10'000; // point_sizes_by_id is a list of all categories

bool is_scalar(boost::json::value const& value)
{
    return value.is_number() || value.is_bool() || value.is_string();
}

} // namespace

Hyperparameters default_hyperparameters(store::Project const& project)
{
    if (project.hyperparameters) {
        auto set = from_text<Hyperparameters>(*project.hyperparameters, "the project's hyperparameters");
        if (set) return std::move(*set);
    }
    return {{"resolution", 640},
            {"epochs", 100},
            {"flip_rl", false},
            {"flip_ud", false},
            {"detect_nms_conf_thres", 0.2},
            {"detect_nms_iou_thres", 0.45}};
}

Result<void> check_hyperparameters(Hyperparameters const& hyperparameters)
{
    if (hyperparameters.size() > max_count)
        return Error{Errc::unprocessable, "hyperparameters: there are more than " + std::to_string(max_count)};
    for (auto const& [name, value] : hyperparameters) {
        auto const path = "hyperparameters." + printable(name);
        auto const* text = value.if_string();
        if (name.empty() || name.size() > max_name)
            return Error{Errc::unprocessable, path + ": a name has 1 to " + std::to_string(max_name) + " characters"};
        if (!is_scalar(value)) return Error{Errc::unprocessable, path + ": expected a number, a text, true or false"};
        if (name == "resolution" && !resolution_in(value))
            return Error{Errc::unprocessable, path + ": expected a whole number above 0, the pixels of a side"};
        if (text && text->size() > max_text)
            return Error{Errc::unprocessable, path + ": is longer than " + std::to_string(max_text) + " characters"};
    }
    return {};
}

Result<store::TrainingRow> training_from(store::Project const& project, NewTraining wanted, std::string who)
{
    if (auto const good = check_hyperparameters(wanted.hyperparameters); !good) return good.error();
    if (wanted.base_model_uuid && !is_uuid(*wanted.base_model_uuid)) {
        return Error{Errc::unprocessable, "base_model_uuid: '" + printable(*wanted.base_model_uuid) +
                                              "' is no UUID: GET .../models has them"};
    }
    auto const variant = wanted.model_variant.value_or("");
    if (variant.size() > max_name)
        return Error{Errc::unprocessable, "model_variant: is longer than " + std::to_string(max_name) + " characters"};
    if (wanted.trainer_id && (wanted.trainer_id->empty() || wanted.trainer_id->size() > max_node_id)) {
        return Error{Errc::unprocessable, "trainer_id: must have 1 to " + std::to_string(max_node_id) +
                                              " characters: GET .../trainings lists the trainers"};
    }
    auto hyperparameters = default_hyperparameters(project);
    for (auto& [name, value] : wanted.hyperparameters) hyperparameters[name] = std::move(value);
    store::TrainingRow row;
    row.project = project.number;
    row.created = timestamp_now();
    row.created_by = std::move(who);
    if (wanted.base_model_uuid) row.base_model = lower_case(*wanted.base_model_uuid);
    row.model_variant = variant;
    row.hyperparameters = to_text(to_json(hyperparameters));
    row.wanted_trainer = std::move(wanted.trainer_id);
    return row;
}

} // namespace learning_loop
