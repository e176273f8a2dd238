#include "learning_loop/data/training.h"

#include "learning_loop/json/json.h"

namespace learning_loop {
namespace {

Error refusal(char const* words)
{
    return {Errc::invalid_argument, words};
}

/// Errors: invalid_argument, in the words and in the order in which peers refuse the details in an acknowledgement.
Result<void> check(boost::json::object const& details)
{
    auto const kind_of = [&](char const* name) {
        auto const* value = details.if_contains(name);
        return value ? value->kind() : boost::json::kind::null;
    };
    if (kind_of("hyperparameters") != boost::json::kind::object)
        return refusal("hyperparameters missing or not a dict");
    if (kind_of("categories") != boost::json::kind::array) return refusal("categories missing or not a list");
    auto const* number = details.if_contains("training_number");
    if (!number || !from_json<int>(*number)) return refusal("training_number missing or not an int");
    if (kind_of("model_variant") != boost::json::kind::string) return refusal("model_variant missing or not a str");
    return {};
}

} // namespace

Result<TrainingDetails> JsonForm<TrainingDetails>::from_json(boost::json::value const& value, JsonPath const& path)
{
    auto const* object = value.if_object();
    if (!object) return error_at(path, "expected an object");
    if (auto const checked = check(*object); !checked) return checked.error();
    auto const* base = object->if_contains("base_model_uuid");
    if (!base || base->is_null() || base->is_string()) return read_fields<TrainingDetails>(value, path);
    // A value that is not a text cannot be a uuid. It is kept as JSON text, so that the trainer can tell what it
    // ignores.
    auto repaired = *object;
    repaired["base_model_uuid"] = boost::json::string(to_text(*base));
    return read_fields<TrainingDetails>(repaired, path);
}

template JsonType const& json_type<PretrainedModel>();
template JsonType const& json_type<TrainingStatus>();
template JsonType const& json_type<TrainingDetails>();
template JsonType const& json_type<CategoryCounts>();
template JsonType const& json_type<TrainingOut>();

} // namespace learning_loop
