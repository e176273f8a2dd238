#include "learning_loop/node/model_upload.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/json/json.h"
#include "learning_loop/node/loop_session.h"

#include <algorithm>
#include <array>

namespace learning_loop {
namespace {

constexpr auto* what = "model upload";

/// What stands under `key` in a document; nullptr if it is no object or has no such key.
boost::json::value const* value_in(boost::json::value const* document, std::string_view key)
{
    auto const* object = document ? document->if_object() : nullptr;
    return object ? find_present(*object, key) : nullptr;
}

/// The model's id in `{"id": ...}`. Loops may tell none, or tell it oddly: neither undoes what the status says.
std::optional<std::string> id_in(boost::json::value const* document)
{
    auto const* id = value_in(document, "id");
    auto const* text = id ? id->if_string() : nullptr;
    if (!text || !is_uuid({text->data(), text->size()})) return std::nullopt;
    return std::string(text->data(), text->size());
}

} // namespace

bool is_passing_refusal(int status)
{
    constexpr std::array passing{401, 403, 408, 425, 429};
    return status / 100 != 4 || std::ranges::find(passing, status) != passing.end();
}

Result<ModelUpload> read_model_upload(http::Answer const& answer, Refusals refusals)
{
    using enum ModelUpload::Outcome;
    auto const parsed = parse_json(answer.body, what);
    auto const* document = parsed ? &*parsed : nullptr;
    if (answer.status == 200) return ModelUpload{stored, {}, id_in(document)};
    if (answer.status == 409) return ModelUpload{there_already, {}, id_in(value_in(document, "detail"))};
    auto const refusal = loop_refusal(answer, what);
    bool const is_final = refusals == Refusals::of_trainings && (answer.status == 403 || answer.status == 425);
    if (!is_final && is_passing_refusal(answer.status)) return refusal;
    return ModelUpload{answer.status == 404 ? gone : refused, refusal.message};
}

} // namespace learning_loop
