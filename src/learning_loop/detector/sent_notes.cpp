#include "learning_loop/detector/sent_notes.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"

namespace learning_loop {

ImageNotes image_notes_of(SentNotes notes)
{
    ImageNotes image;
    image.camera = std::move(notes.camera_id).value_or("");
    image.tags = std::move(notes.tags.tags);
    image.source = std::move(notes.source);
    if (notes.creation_date) image.created = std::move(notes.creation_date->text);
    image.priority = notes.upload_priority;
    image.autoupload = notes.autoupload;
    return image;
}

Result<void> http::TextForm<TagList>::read(std::string_view text, TagList& into)
{
    for (auto const part : parts_of(text, ',')) {
        auto const tag = trimmed(part);
        if (!tag.empty()) into.tags.emplace_back(tag);
    }
    return {};
}

Result<void> http::TextForm<Timestamp>::read(std::string_view text, Timestamp& into)
{
    if (!is_timestamp(text)) {
        return Error{Errc::invalid_argument,
                     "'" + printable(text) + "' is no date: write it as 2024-01-31T12:00:00.123"};
    }
    into.text = text;
    return {};
}

} // namespace learning_loop
