#include "learning_loop/server/nodes/node_reports.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

namespace learning_loop {
namespace {

namespace json = boost::json;

constexpr std::size_t max_reported_text = 1000;
constexpr std::size_t max_entries = 200;
constexpr std::size_t max_reported_categories = 1000;
constexpr std::size_t max_hyperparameters = 100;
constexpr std::size_t max_reported_name = 100; // of a hyperparameter, and of a category's id

/// The object, or why it is none. Errors: unprocessable.
Result<json::object const*> object_of(json::value const& value)
{
    if (auto const* object = value.if_object()) return object;
    return Error{Errc::unprocessable, "expected an object, not " + printable(to_text(value))};
}

std::string shortened(std::string text)
{
    if (text.size() <= max_reported_text) return text;
    auto end = max_reported_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end; // not within a character
    text.resize(end);
    return text;
}

/// A text, or what else it is, written as one; empty for null.
std::string text_of(json::value const* value)
{
    if (!value || value->is_null()) return "";
    if (auto const* text = value->if_string()) return shortened(std::string(*text));
    return shortened(to_text(*value));
}

std::string text_in(json::object const& object, std::string_view key)
{
    return text_of(object.if_contains(key));
}

std::optional<std::string> optional_text_in(json::object const& object, std::string_view key)
{
    auto text = text_in(object, key);
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::optional<double> number_in(json::object const& object, std::string_view key)
{
    auto const* value = object.if_contains(key);
    if (!value || !value->is_number()) return std::nullopt;
    auto const number = value->to_number<double>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> count_in(json::object const& object, std::string_view key)
{
    auto const number = number_in(object, key);
    constexpr double exact_below = 1LL << 53;
    if (!number || *number < 0 || *number >= exact_below) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

json::object const* object_in(json::object const& object, std::string_view key)
{
    auto const* value = object.if_contains(key);
    return value ? value->if_object() : nullptr;
}

json::array const* list_in(json::object const& object, std::string_view key)
{
    auto const* value = object.if_contains(key);
    return value ? value->if_array() : nullptr;
}

std::map<std::string, std::string> errors_in(json::object const& object)
{
    std::map<std::string, std::string> errors;
    auto const* told = object_in(object, "errors");
    if (!told) return errors;
    for (auto const& [step, error] : *told) {
        if (errors.size() < max_entries) errors.emplace(shortened(std::string(step)), text_of(&error));
    }
    return errors;
}

std::optional<Context> context_in(json::object const& object)
{
    auto const* told = object_in(object, "context");
    if (!told) return std::nullopt;
    Context context{text_in(*told, "organization"), text_in(*told, "project")};
    return context.organization.empty() || context.project.empty() ? std::nullopt : std::optional(std::move(context));
}

std::vector<PretrainedModel> variants_in(json::object const& object)
{
    std::vector<PretrainedModel> variants;
    auto const* list = list_in(object, "pretrained_models");
    if (!list) return variants;
    for (auto const& one : *list) {
        auto const* told = one.if_object();
        if (told && variants.size() < max_entries)
            variants.push_back({text_in(*told, "name"), text_in(*told, "label"), text_in(*told, "description")});
    }
    return variants;
}

std::optional<double> progress_in(json::object const& object)
{
    auto progress = number_in(object, "progress");
    if (progress && *progress > 1) *progress /= 100;
    return progress ? std::optional(std::clamp(*progress, 0.0, 1.0)) : std::nullopt;
}

/// Errors: unprocessable if it has none.
Result<std::string> id_in(json::object const& object)
{
    auto const* id = object.if_contains("id");
    if (id && id->is_string() && !id->get_string().empty()) return std::string(id->get_string());
    return Error{Errc::unprocessable, "id: is missing: each node tells the id that it has for all time"};
}

/// Of one category; other keys of it are left alone.
CategoryCounts counts_of(json::object const& told)
{
    return {count_in(told, "tp").value_or(0), count_in(told, "fp").value_or(0), count_in(told, "fn").value_or(0)};
}

Hyperparameters hyperparameters_in(json::object const& object)
{
    Hyperparameters hyperparameters;
    auto const* value = object.if_contains("hyperparameters");
    if (!value || value->is_null()) return hyperparameters;
    auto const* told = value->if_object();
    if (!told) return {{"hyperparameters", json::string(text_of(value))}}; // a text, as of 2022
    for (auto const& [name, one] : *told) {
        if (name.size() > max_reported_name || hyperparameters.size() >= max_hyperparameters) continue;
        bool const is_short = one.is_bool() || one.is_number() || one.is_null();
        hyperparameters.emplace(std::string(name), is_short ? one : json::value(json::string(text_of(&one))));
    }
    return hyperparameters;
}

} // namespace

Result<TrainingStatus> read_trainer_status(json::value const& value)
{
    auto const object = object_of(value);
    if (!object) return object.error();
    auto id = id_in(**object);
    if (!id) return id.error();
    return TrainingStatus{std::move(*id),
                          text_in(**object, "name"),
                          text_in(**object, "state"),
                          number_in(**object, "uptime"),
                          errors_in(**object),
                          progress_in(**object),
                          variants_in(**object),
                          optional_text_in(**object, "architecture"),
                          context_in(**object)};
}

Result<TrainingOut> read_training_out(json::value const& value)
{
    auto const object = object_of(value);
    if (!object) return object.error();
    TrainingOut out;
    out.trainer_id = text_in(**object, "trainer_id");
    if (out.trainer_id.empty()) return Error{Errc::unprocessable, "trainer_id: is missing"};
    out.trainer_name = optional_text_in(**object, "trainer_name");
    if (auto const* matrix = object_in(**object, "confusion_matrix")) {
        for (auto const& [category, counts] : *matrix) {
            auto const* told = counts.if_object();
            if (told && category.size() <= max_reported_name && out.confusion_matrix.size() < max_reported_categories)
                out.confusion_matrix[std::string(category)] = counts_of(*told);
        }
    }
    out.train_image_count = count_in(**object, "train_image_count");
    out.test_image_count = count_in(**object, "test_image_count");
    out.hyperparameters = hyperparameters_in(**object);
    auto const epoch = count_in(**object, "best_epoch");
    if (epoch && std::in_range<int>(*epoch)) out.best_epoch = static_cast<int>(*epoch);
    return out;
}

Result<AnnotatorStatus> read_annotator_status(json::value const& value)
{
    auto const object = object_of(value);
    if (!object) return object.error();
    auto id = id_in(**object);
    if (!id) return id.error();
    AnnotatorStatus status;
    status.id = std::move(*id);
    status.name = text_in(**object, "name");
    status.state = optional_text_in(**object, "state").value_or("online");
    status.uptime = number_in(**object, "uptime");
    status.errors = errors_in(**object);
    if (auto const* capabilities = list_in(**object, "capabilities")) {
        for (auto const& one : *capabilities) {
            if (status.capabilities.size() < max_entries) status.capabilities.push_back(text_of(&one));
        }
    }
    return status;
}

Result<DetectorStatus> read_detector_status(json::value const& value)
{
    auto const object = object_of(value);
    if (!object) return object.error();
    auto id = id_in(**object);
    if (!id) return id.error();
    DetectorStatus status;
    status.uuid = std::move(*id);
    status.name = text_in(**object, "name");
    status.state = optional_text_in(**object, "state").value_or("online");
    status.uptime = count_in(**object, "uptime").value_or(0);
    status.model_format = text_in(**object, "model_format");
    status.current_model = optional_text_in(**object, "current_model");
    status.target_model = optional_text_in(**object, "target_model");
    status.errors = errors_in(**object);
    auto const mode = from_json<OperationMode>(json::string(text_in(**object, "operation_mode")));
    status.operation_mode = mode ? *mode : OperationMode::idle;
    status.node_version = optional_text_in(**object, "node_version");
    return status;
}

} // namespace learning_loop
