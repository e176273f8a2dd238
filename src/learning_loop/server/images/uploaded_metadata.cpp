#include "learning_loop/server/images/uploaded_metadata.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/images/lenient_reader.h"

namespace learning_loop {
namespace {

void leave_out_long_tags(std::vector<std::string>& tags, Remarks& remarks)
{
    std::erase_if(tags, [&](std::string const& tag) {
        bool const is_unfit = tag.empty() || tag.size() > max_tag_bytes;
        if (is_unfit) remarks.add("tags", tag.empty() ? "a tag without a text" : "is longer than 200 bytes", tag);
        return is_unfit;
    });
}

} // namespace

Result<UploadedMetadata> read_uploaded_metadata(std::string_view text)
{
    auto const json = parse_json_with_odd_numbers(text, "the metadata");
    if (!json) return json.error();
    auto const* object = json->if_object();
    if (!object) return Error{Errc::invalid_argument, "the metadata: expected an object"};
    UploadedMetadata uploaded;
    auto& metadata = uploaded.metadata;
    if (auto const* state = object->if_contains("state")) {
        auto known = from_json<std::optional<ImageState>>(*state, JsonPath("state"));
        if (!known) return known.error();
        metadata.state = *known;
    }
    LenientReader reader(*object, uploaded.remarks);
    reader.read_detections(metadata);
    reader.read_list("box_annotations", metadata.box_annotations);
    reader.read_list("point_annotations", metadata.point_annotations);
    reader.read("classification_annotation", metadata.classification_annotation);
    reader.read_list("tags", metadata.tags);
    leave_out_long_tags(metadata.tags, uploaded.remarks);
    reader.read("source", metadata.source);
    for (auto const* name : {"created", "creation_date", "date"}) { // of the newest peers first
        if (!metadata.created) reader.read(name, metadata.created);
    }
    return uploaded;
}

void settle_date(ImageMetadata& metadata, Remarks& remarks)
{
    auto& created = metadata.created;
    if (!created) return;
    auto text = std::move(*created);
    created.reset();
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; }); // a shell leaves one behind
    text = trimmed(text);
    if (text.empty()) return;
    auto date = read_timestamp(text);
    if (!date) {
        remarks.add("created", "is no date: the time of arrival stands in its place", text);
        return;
    }
    if (!date->is_exact) remarks.add("created", "is kept to the microsecond and without a leap second", text);
    created = std::move(date->iso);
}

} // namespace learning_loop
