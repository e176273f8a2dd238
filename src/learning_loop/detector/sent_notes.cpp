#include "learning_loop/detector/sent_notes.h"

#include "learning_loop/base/text.h"

namespace learning_loop {

ImageNotes image_notes_of(SentNotes notes)
{
    ImageNotes image;
    if (notes.camera_id) image.camera = std::move(notes.camera_id->text);
    image.tags = std::move(notes.tags.tags);
    image.source = std::move(notes.source);
    if (notes.creation_date) image.created = std::move(notes.creation_date->text);
    image.priority = notes.upload_priority;
    image.autoupload = notes.autoupload;
    return image;
}

ImageMetadata metadata_of(SentNotes notes)
{
    ImageMetadata metadata;
    metadata.tags = std::move(notes.tags.tags);
    metadata.source = std::move(notes.source);
    if (notes.creation_date) metadata.created = std::move(notes.creation_date->text);
    return metadata;
}

Result<void> http::TextForm<TagList>::read(std::string_view text, TagList& into)
{
    for (auto const part : parts_of(text, ',')) {
        auto const tag = trimmed(part);
        if (!tag.empty()) into.tags.emplace_back(tag);
    }
    return {};
}

Result<void> http::TextForm<CameraId>::read(std::string_view text, CameraId& into)
{
    into.text = text;
    return check_camera_id(text);
}

Result<void> http::TextForm<Timestamp>::read(std::string_view text, Timestamp& into)
{
    into.text = text;
    return check_created(text);
}

} // namespace learning_loop
