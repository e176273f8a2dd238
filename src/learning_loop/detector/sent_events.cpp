#include "learning_loop/detector/sent_events.h"

#include "learning_loop/base/text.h"

#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>

namespace learning_loop {
namespace {

/// The argument of an event, and the bytes that came with it.
struct EventObject {
    boost::json::object const& fields;
    socketio::Arguments const& arguments;

    /// Returns nullptr if there is no such key, or it is null.
    boost::json::value const* find(std::string_view key) const
    {
        auto const* value = fields.if_contains(key);
        return value && !value->is_null() ? value : nullptr;
    }

    template <class T>
    Result<std::optional<T>> read(std::string_view key) const
    {
        auto const* value = find(key);
        if (!value) return std::optional<T>();
        auto read = from_json<T>(*value, JsonPath(key));
        if (!read) return read.error();
        return std::optional<T>(std::move(*read));
    }
};

/// As it is, an error would name no field: `argument 1` is what the client sent as a whole.
Result<EventObject> object_of(socketio::Arguments const& arguments)
{
    if (arguments.values.empty() || !arguments.values.front().is_object())
        return Error{Errc::invalid_argument, "argument 1: expected an object with the image in it"};
    return EventObject{arguments.values.front().get_object(), arguments};
}

/// The fields of pixels without a file around them.
struct SentPixels {
    std::string dtype;
    std::vector<std::int64_t> shape;
};
BOOST_DESCRIBE_STRUCT(SentPixels, (), (dtype, shape))

Result<Bytes> read_bytes(boost::json::value const& value, socketio::Arguments const& arguments, JsonPath const& path)
{
    auto const number = socketio::number_of_placeholder(value);
    auto const* bytes = number ? arguments.bytes_of({*number}) : nullptr;
    if (!bytes) return error_at(path, "expected bytes");
    return *bytes;
}

Result<void> check_length(Bytes const& bytes, ImageLimits const& limits, JsonPath const& path)
{
    if (bytes.size() <= limits.max_bytes) return {};
    return Error{Errc::too_large, path.text() + ": is longer than " + std::to_string(limits.max_bytes) +
                                      " bytes: send a smaller image, or a JPEG"};
}

/// The kind of image that an object tells of. `format` is absent where pixels came before there was another.
Result<bool> is_file(boost::json::object const& image, JsonPath const& path)
{
    auto const* format = image.if_contains("format");
    if (!format || format->is_null()) return false;
    auto const word = from_json<std::string>(*format, path / std::string_view("format"));
    if (!word) return word.error();
    if (*word == "jpeg") return true;
    if (*word == "raw") return false;
    return error_at(path / std::string_view("format"),
                    "'" + printable(*word) + "' is unknown: send 'jpeg' with the file's bytes, or 'raw'");
}

/// `{format: "jpeg", bytes}`, `{bytes, dtype, shape}` or, from old clients, the bytes of a file alone.
Result<SentImage> read_image(boost::json::value const& value, socketio::Arguments const& arguments,
                             ImageLimits const& limits, JsonPath const& path)
{
    SentImage image;
    image.name = path.text();
    if (socketio::number_of_placeholder(value)) {
        auto const bytes = read_bytes(value, arguments, path);
        if (!bytes) return bytes.error();
        if (auto const fits = check_length(*bytes, limits, path); !fits) return fits.error();
        image.bytes = *bytes;
        return image;
    }
    if (!value.is_object()) return error_at(path, "expected an object with bytes, or the bytes of a JPEG file");
    auto const& object = value.get_object();
    auto const file = is_file(object, path);
    if (!file) return file.error();
    auto const* sent = object.if_contains("bytes");
    auto const bytes = read_bytes(sent ? *sent : boost::json::value(), arguments, path / std::string_view("bytes"));
    if (!bytes) return bytes.error();
    if (auto const fits = check_length(*bytes, limits, path / std::string_view("bytes")); !fits) return fits.error();
    image.bytes = *bytes;
    if (*file) return image;
    auto const pixels = from_json<SentPixels>(value, path);
    if (!pixels) return pixels.error();
    auto const layout = read_pixel_layout(pixels->dtype, pixels->shape, bytes->size(), limits);
    if (!layout) return Error{layout.error().code, image.name + "." + layout.error().message};
    image.layout = *layout;
    return image;
}

Error unreadable(std::string_view what, Error const& error)
{
    return {error.code, "could not parse " + std::string(what) + " from data: " + error.message};
}

Result<SentImage> read_image(EventObject const& event, ImageLimits const& limits)
{
    auto const* value = event.find("image");
    if (!value) return unreadable("image", missing_at(JsonPath("image")));
    auto image = read_image(*value, event.arguments, limits, JsonPath("image"));
    if (!image) return unreadable("image", image.error());
    return image;
}

Result<std::vector<SentImage>> read_images(EventObject const& event, ImageLimits const& limits)
{
    auto const* value = event.find("images");
    JsonPath const path("images");
    if (!value) return unreadable("images", missing_at(path));
    if (!value->is_array() || value->get_array().empty())
        return unreadable("images", error_at(path, "expected a list of images, at least one"));
    std::vector<SentImage> images;
    for (auto const& item : value->get_array()) {
        auto image = read_image(item, event.arguments, limits, path / images.size());
        if (!image) return unreadable("images", image.error());
        images.push_back(std::move(*image));
    }
    return images;
}

/// Clients of every age have their own name for it. Two that differ are an error: nobody knows which is meant.
Result<std::string> read_camera(EventObject const& event)
{
    std::string camera;
    std::string_view read_from;
    for (std::string_view const name : {"camera_id", "camera-id", "mac"}) {
        auto const id = event.read<std::string>(name);
        if (!id) return id.error();
        if (!*id || (*id)->empty() || **id == camera) continue;
        if (!read_from.empty()) {
            return error_at(JsonPath(name), "'" + printable(**id) + "' differs from " + std::string(read_from) + ": '" +
                                                printable(camera) + "'; send one of them");
        }
        if (auto const checked = check_camera_id(**id); !checked)
            return error_at(JsonPath(name), checked.error().message);
        camera = **id;
        read_from = name;
    }
    return camera;
}

Result<std::optional<std::string>> read_date(EventObject const& event, std::string_view key)
{
    auto date = event.read<std::string>(key);
    if (!date || !*date) return date;
    if (trimmed(**date).empty()) return std::optional<std::string>();
    if (auto const checked = check_created(**date); !checked) return error_at(JsonPath(key), checked.error().message);
    return date;
}

Result<ImageNotes> read_notes(EventObject const& event)
{
    ImageNotes notes;
    auto camera = read_camera(event);
    if (!camera) return camera.error();
    notes.camera = std::move(*camera);
    auto const tags = event.read<std::vector<std::string>>("tags");
    if (!tags) return tags.error();
    for (auto const& sent : tags->value_or(std::vector<std::string>())) {
        if (auto const tag = trimmed(sent); !tag.empty()) notes.tags.emplace_back(tag);
    }
    auto source = event.read<std::string>("source");
    if (!source) return source.error();
    notes.source = std::move(*source);
    auto const autoupload = event.read<Autoupload>("autoupload");
    if (!autoupload) return autoupload.error();
    notes.autoupload = autoupload->value_or(Autoupload::filtered);
    auto date = read_date(event, "creation_date");
    if (!date) return date.error();
    notes.created = std::move(*date);
    return notes;
}

/// Where the date of the metadata stands: it has had three names.
std::string path_of_date(EventObject const& event)
{
    for (std::string const object : {"metadata", "detections"}) {
        auto const* sent = event.find(object);
        for (std::string const key : {"created", "creation_date", "date"}) {
            auto const* date = sent && sent->is_object() ? sent->get_object().if_contains(key) : nullptr;
            if (date && date->is_string()) return object + "." + key;
        }
    }
    return "metadata.created";
}

/// True and false in any of the ways in which clients write them.
Result<bool> read_switch(EventObject const& event, std::string_view key)
{
    auto const* value = event.find(key);
    if (!value) return false;
    if (value->is_bool()) return value->get_bool();
    auto const text = value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
    if (auto const known = parse_bool(text)) return *known;
    return error_at(JsonPath(key), "'" + printable(text) + "' is neither: use true or false");
}

/// The metadata, to which clients of before 2024 gave their parts one by one, with the detections as an object.
Result<ImageMetadata> read_metadata(EventObject const& event)
{
    ImageMetadata metadata;
    for (std::string_view const key : {"detections", "metadata"}) {
        auto read = event.read<ImageMetadata>(key);
        if (!read) return read.error();
        if (*read) metadata = std::move(**read);
    }
    if (metadata.created && trimmed(*metadata.created).empty()) metadata.created.reset();
    if (metadata.created) {
        auto const checked = check_created(*metadata.created);
        if (!checked) return error_at(JsonPath(path_of_date(event)), checked.error().message);
    }
    auto notes = read_notes(event);
    if (!notes) return notes.error();
    for (auto& tag : notes->tags) metadata.tags.push_back(std::move(tag));
    if (!metadata.source) metadata.source = std::move(notes->source);
    if (!metadata.created) metadata.created = std::move(notes->created);
    return metadata;
}

} // namespace

Result<DetectRequest> read_detect_request(socketio::Arguments const& arguments, ImageLimits const& limits)
{
    auto const event = object_of(arguments);
    if (!event) return unreadable("image", event.error());
    auto image = read_image(*event, limits);
    if (!image) return image.error();
    auto notes = read_notes(*event);
    if (!notes) return notes.error();
    DetectRequest request;
    request.images.push_back(std::move(*image));
    request.notes = std::move(*notes);
    return request;
}

Result<DetectRequest> read_batch_detect_request(socketio::Arguments const& arguments, ImageLimits const& limits)
{
    auto const event = object_of(arguments);
    if (!event) return unreadable("images", event.error());
    auto images = read_images(*event, limits);
    if (!images) return images.error();
    auto notes = read_notes(*event);
    if (!notes) return notes.error();
    return DetectRequest{std::move(*images), std::move(*notes)};
}

Result<UploadRequest> read_upload_request(socketio::Arguments const& arguments, ImageLimits const& limits)
{
    auto const event = object_of(arguments);
    if (!event) return unreadable("image", event.error());
    auto image = read_image(*event, limits);
    if (!image) return image.error();
    auto metadata = read_metadata(*event);
    if (!metadata) return metadata.error();
    auto const priority = read_switch(*event, "upload_priority");
    if (!priority) return priority.error();
    return UploadRequest{std::move(*image), std::move(*metadata), *priority};
}

} // namespace learning_loop
