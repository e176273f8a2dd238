#include "learning_loop/server/trainings/begin_details.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

#include <cmath>
#include <string>
#include <utility>

namespace learning_loop {
namespace {

namespace json = boost::json;

constexpr int usual_resolution = 640;

json::object hyperparameters_of(store::TrainingRow const& training)
{
    auto parsed = parse_json(training.hyperparameters, "hyperparameters");
    auto* const object = parsed ? parsed->if_object() : nullptr;
    return object ? std::move(*object) : json::object();
}

std::optional<int> whole_number_in(json::value const& value)
{
    if (auto const* text = value.if_string()) {
        auto const number = parse_whole_number(trimmed({text->data(), text->size()}));
        return number && std::in_range<int>(*number) ? std::optional(static_cast<int>(*number)) : std::nullopt;
    }
    json::error_code no_number;
    auto const number = value.to_number<double>(no_number);
    bool const is_whole = !no_number && std::trunc(number) == number && std::abs(number) < 1e9;
    return is_whole ? std::optional(static_cast<int>(number)) : std::nullopt;
}

/// Trainers are told texts as well as truths.
bool is_true(json::object const& hyperparameters, std::string_view name)
{
    auto const* value = hyperparameters.if_contains(name);
    if (!value) return false;
    if (auto const* truth = value->if_bool()) return *truth;
    auto const* text = value->if_string();
    auto const word = text ? lower_case({text->data(), text->size()}) : to_text(*value);
    return word == "true" || word == "1" || word == "yes";
}

} // namespace

std::optional<int> resolution_in(json::value const& value)
{
    auto const number = whole_number_in(value);
    return number && *number > 0 ? number : std::nullopt;
}

std::optional<int> resolution_of(store::TrainingRow const& training)
{
    auto const hyperparameters = hyperparameters_of(training);
    auto const* value = hyperparameters.if_contains("resolution");
    return value ? resolution_in(*value) : std::nullopt;
}

json::object begin_details(store::TrainingRow const& training, std::vector<Category> const& categories)
{
    auto hyperparameters = hyperparameters_of(training);
    json::object details;
    details["id"] = training.base_model.value_or(training.model_variant);
    details["categories"] = to_json(categories);
    details["training_number"] = training.training_number;
    details["resolution"] = resolution_of(training).value_or(usual_resolution);
    details["flip_rl"] = is_true(hyperparameters, "flip_rl");
    details["flip_ud"] = is_true(hyperparameters, "flip_ud");
    details["model_variant"] = training.model_variant;
    details["base_model_uuid"] = to_json(training.base_model);
    details["hyperparameters"] = std::move(hyperparameters);
    return details;
}

} // namespace learning_loop
