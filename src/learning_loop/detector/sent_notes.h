#pragma once

#include "learning_loop/data/image_metadata.h"
#include "learning_loop/detector/image_notes.h"
#include "learning_loop/http/api/text_field.h"

#include <boost/describe/class.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a client says beside its image, in headers or in the query.

namespace learning_loop {

/// Texts that are separated by commas; blanks around them, and empty ones, are left out.
struct TagList {
    std::vector<std::string> tags;
};

/// Of a camera: at most `max_camera_id_bytes`.
struct CameraId {
    std::string text;
};

/// A date that `read_timestamp` reads.
struct Timestamp {
    std::string text;
};

/// Of `/detect` and `/upload`.
struct SentNotes {
    std::optional<CameraId> camera_id;
    TagList tags;
    std::optional<std::string> source;
    std::optional<Timestamp> creation_date;
    bool upload_priority = false;
    Autoupload autoupload = Autoupload::filtered;
};
BOOST_DESCRIBE_STRUCT(SentNotes, (), (camera_id, tags, source, creation_date, upload_priority, autoupload))

ImageNotes image_notes_of(SentNotes notes);
ImageMetadata metadata_of(SentNotes notes); ///< Of an image that is uploaded.

} // namespace learning_loop

namespace learning_loop::http {

template <>
struct TextForm<TagList> {
    static constexpr std::string_view fault = "string_type"; // every text is one
    static constexpr bool is_list = true;
    static Result<void> read(std::string_view text, TagList& into);
};

template <>
struct TextForm<CameraId> {
    static constexpr std::string_view fault = "string_too_long";
    static Result<void> read(std::string_view text, CameraId& into);
};

template <>
struct TextForm<Timestamp> {
    static constexpr std::string_view fault = "datetime_parsing";
    static Result<void> read(std::string_view text, Timestamp& into);
};

template <>
inline constexpr std::string_view text_fault<Autoupload> = "literal_error";

template <>
inline constexpr std::array<FieldNote, 6> field_notes<SentNotes>{
    {{"camera_id", "Each camera has a history of its own.", {"mac"}},
     {"tags", "Separated by commas."},
     {"source", "Kept with the image."},
     {"creation_date", "As 2024-01-31T12:00:00.123."},
     {"upload_priority", "Uploaded first, never dropped."},
     {"autoupload", "Whether a detection is kept for the Loop; an upload is in any case."}}};

} // namespace learning_loop::http
