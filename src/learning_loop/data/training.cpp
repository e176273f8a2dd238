#include "learning_loop/data/training.h"

#include "learning_loop/json/every_field_is_described.h"
#include "learning_loop/json/json.h"

namespace learning_loop {
namespace {

static_assert(every_field_is_described<PretrainedModel> && every_field_is_described<TrainingStatus> &&
              every_field_is_described<TrainingDetails> && every_field_is_described<CategoryCounts> &&
              every_field_is_described<TrainingOut>);

/// The refusals of an acknowledgement, in the order in which peers look.
char const* refusal_of(boost::json::object const& details)
{
    auto const kind_of = [&](char const* name) {
        auto const* value = details.if_contains(name);
        return value ? value->kind() : boost::json::kind::null;
    };
    if (kind_of("hyperparameters") != boost::json::kind::object) return "hyperparameters missing or not a dict";
    if (kind_of("categories") != boost::json::kind::array) return "categories missing or not a list";
    auto const* number = details.if_contains("training_number");
    if (!number || !from_json<int>(*number)) return "training_number missing or not an int";
    if (kind_of("model_variant") != boost::json::kind::string) return "model_variant missing or not a str";
    return nullptr;
}

} // namespace

boost::json::value JsonForm<TrainingDetails>::to_json(TrainingDetails const& details)
{
    return object_of(details);
}

Result<TrainingDetails> JsonForm<TrainingDetails>::from_json(boost::json::value const& value, JsonPath const& path)
{
    auto const* object = value.if_object();
    if (!object) return error_at(path, "expected an object");
    if (auto const* refusal = refusal_of(*object)) return Error{Errc::invalid_argument, refusal};
    auto const* base = object->if_contains("base_model_uuid");
    if (!base || base->is_null() || base->is_string()) return read_fields<TrainingDetails>(value, path);
    // What is no text is no uuid either: kept as its JSON, so that the trainer can say what it does not begin with.
    auto repaired = *object;
    repaired["base_model_uuid"] = boost::json::string(to_text(*base));
    return read_fields<TrainingDetails>(repaired, path);
}

} // namespace learning_loop
