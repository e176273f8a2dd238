#include "learning_loop/server/uploaded_metadata.h"

#include "learning_loop/base/json.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"

namespace learning_loop {
namespace {

/// Up to 0.11 the date of an image was called so.
void rename_date(boost::json::object& metadata)
{
    auto const* date = metadata.if_contains("date");
    auto const* created = metadata.if_contains("created");
    if (date && (!created || created->is_null())) metadata["created"] = boost::json::value(*date);
}

/// Says which state is unknown; the reader would only tell which ones there are.
Result<void> check_state(boost::json::object const& metadata)
{
    auto const* state = metadata.if_contains("state");
    auto const* text = state ? state->if_string() : nullptr;
    ImageState known{};
    if (!text || boost::describe::enum_from_string(text->c_str(), known)) return {};
    return Error{Errc::invalid_argument, "state: '" + printable({text->data(), text->size()}) +
                                             "' is unknown: use backlog, inbox, annotate, review, complete or trash"};
}

template <class Detection>
Result<void> settle_confidences(std::vector<Detection>& detections, std::string_view list)
{
    for (std::size_t i = 0; i < detections.size(); ++i) {
        auto& confidence = detections[i].confidence;
        if (confidence > 1) confidence /= 100;
        if (!(confidence >= 0 && confidence <= 1)) {
            return error_at(JsonPath(list) / i / "confidence", "is neither within 0 to 1 nor a percentage");
        }
    }
    return {};
}

Result<void> settle(ImageMetadata& metadata)
{
    if (auto good = settle_confidences(metadata.box_detections, "box_detections"); !good) return good;
    if (auto good = settle_confidences(metadata.point_detections, "point_detections"); !good) return good;
    if (auto good = settle_confidences(metadata.segmentation_detections, "segmentation_detections"); !good) return good;
    if (auto good = settle_confidences(metadata.classification_detections, "classification_detections"); !good)
        return good;
    if (!metadata.created || is_timestamp(*metadata.created)) return {};
    return Error{Errc::invalid_argument, "created: '" + printable(*metadata.created) +
                                             "' is no date: write it as 2024-01-31T12:00:00.123+00:00"};
}

} // namespace

Result<ImageMetadata> read_uploaded_metadata(std::string_view text)
{
    auto json = parse_json(text, "the metadata");
    if (!json) return json.error();
    auto* object = json->if_object();
    if (!object) return Error{Errc::invalid_argument, "the metadata: expected an object"};
    rename_date(*object);
    if (auto good = check_state(*object); !good) return good.error();
    auto metadata = image_metadata_from(*json);
    if (!metadata) return metadata.error();
    if (auto good = settle(*metadata); !good) return good.error();
    return metadata;
}

} // namespace learning_loop
