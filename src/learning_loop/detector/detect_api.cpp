#include "learning_loop/detector/detect_api.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/detector/detector.h"
#include "learning_loop/http/multipart.h"
#include "learning_loop/infer/image_codec.h"

#include <algorithm>
#include <memory>
#include <variant>

namespace learning_loop {
namespace {

constexpr auto max_image_bytes = ImageLimits().max_bytes;
constexpr std::size_t multipart_overhead_bytes = 64 * 1024;

/// A value that may come under several names, in a header or in the query. Errors: invalid_argument if it comes twice,
/// with different texts.
Result<std::optional<std::string>> single_value(http::Request const& request,
                                                std::initializer_list<std::string_view> names)
{
    std::optional<std::string> value;
    for (auto const name : names) {
        for (auto const found : {request.headers.find(name), request.query_value(name)}) {
            if (!found || found->empty()) continue;
            auto text = as_utf8(*found); // it goes into JSON, which must be UTF-8
            if (value && *value != text) {
                return Error{Errc::invalid_argument, std::string(*names.begin()) + ": is given twice, as '" +
                                                         printable(*value) + "' and '" + printable(text) +
                                                         "': send one of them"};
            }
            value = std::move(text);
        }
    }
    return value;
}

std::vector<std::string> split_tags(std::string_view text)
{
    std::vector<std::string> tags;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        auto const tag = trimmed(text.substr(0, end));
        if (!tag.empty()) tags.emplace_back(tag);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return tags;
}

/// The 422 for a value that cannot be read. `field`: as it is written in a header; in a query it has underscores.
/// `remedy` follows the value in the message.
http::Response malformed(http::Request const& request, std::string field, std::string_view type,
                         std::string const& value, std::string_view remedy)
{
    auto in_query = field;
    std::replace(in_query.begin(), in_query.end(), '-', '_');
    bool const is_in_header = request.headers.find(field) || request.headers.find(in_query);
    auto const shown = printable(value);
    return http::field_malformed(is_in_header ? "header" : "query", is_in_header ? field : in_query, type, shown,
                                 field + ": '" + shown + "' " + std::string(remedy));
}

/// What the request says beside its image, or the answer that refuses it.
std::variant<ImageNotes, http::Response> read_notes(http::Request const& request)
{
    ImageNotes notes;
    auto const camera = single_value(request, {"camera-id", "camera_id", "mac"});
    auto const tags = single_value(request, {"tags"});
    auto const source = single_value(request, {"source"});
    auto const created = single_value(request, {"creation-date", "creation_date"});
    auto const autoupload = single_value(request, {"autoupload"});
    auto const priority = single_value(request, {"upload-priority", "upload_priority"});
    for (auto const* value : {&camera, &tags, &source, &created, &autoupload, &priority}) {
        if (!*value) return http::error_response(value->error());
    }
    notes.camera = camera->value_or("");
    notes.tags = split_tags(tags->value_or(""));
    notes.source = *source;
    notes.created = *created;
    if (*created && !is_timestamp(**created)) {
        return malformed(request, "creation-date", "datetime_parsing", **created,
                         "is no date: write it as 2024-01-31T12:00:00.123");
    }
    if (*autoupload && !boost::describe::enum_from_string((*autoupload)->c_str(), notes.autoupload)) {
        return malformed(request, "autoupload", "literal_error", **autoupload,
                         "is unknown: use filtered, all or disabled");
    }
    auto const is_priority = parse_bool(priority->value_or("false"));
    if (!is_priority) {
        return malformed(request, "upload-priority", "bool_parsing", **priority, "is neither: use true or false");
    }
    notes.priority = *is_priority;
    return notes;
}

std::string joined(std::vector<std::string> const& texts)
{
    std::string line;
    for (auto const& text : texts) line += (line.empty() ? "" : ",") + text;
    return line;
}

/// A multipart body, which lives until nobody looks at its parts any more.
struct Form {
    std::shared_ptr<std::string const> body; // shared: by the request's coroutine and the jobs on its images
    std::vector<http::Part> parts;
};

/// Takes the body out of the request. Errors: invalid_argument if it is no multipart body.
Result<Form> take_form(http::Request& request)
{
    auto body = std::make_shared<std::string const>(std::move(request.body));
    auto parts = http::parse_multipart(request.content_type(), *body);
    if (!parts) return parts.error();
    return Form{std::move(body), std::move(*parts)};
}

/// The image files that came in this field.
std::vector<Bytes> images_in(Form const& form, std::string_view field)
{
    std::vector<Bytes> images;
    for (auto const& part : form.parts) {
        if (part.name == field) images.emplace_back(form.body, part.bytes);
    }
    return images;
}

class DetectApi {
public:
    explicit DetectApi(Detector& detector) : detector_(detector) {}

    void add_to(http::Router& router)
    {
        auto& detect = router.post("/detect", *this, &DetectApi::detect)
                           .summary("Finds things in the JPEG or PNG `file`; keeps it for the Loop when it is news.")
                           .body_limit(max_image_bytes + multipart_overhead_bytes);
        auto& upload = router.post("/upload", *this, &DetectApi::upload)
                           .summary("Keeps the images `files` for the Loop, all of them or none.")
                           .body_limit(2 * max_image_bytes + multipart_overhead_bytes);
        detect.operation.takes("multipart/form-data");
        detect.operation.gives_json(json_type<ImageMetadata>());
        upload.operation.takes("multipart/form-data");
        for (auto* operation : {&detect.operation, &upload.operation}) {
            operation->parameter("header", "camera-id", "Each camera has a history of its own. Also camera_id, mac.")
                .parameter("header", "tags", "Separated by commas.")
                .parameter("header", "source", "Kept with the image.")
                .parameter("header", "creation-date", "As 2024-01-31T12:00:00.123. Also creation_date.")
                .parameter("header", "upload-priority", "true: uploaded first, never dropped. Also upload_priority.");
        }
        detect.operation.parameter("header", "autoupload", "filtered (default), all or disabled.");
    }

private:
    Task<Result<http::Response>> detect(http::Request request)
    {
        if (request.content_type().empty()) co_return http::field_required("body", "file");
        auto const form = take_form(request);
        if (!form) co_return form.error();
        auto images = images_in(*form, "file");
        if (images.empty()) co_return http::field_required("body", "file");
        auto read = read_notes(request);
        if (auto const* refusal = std::get_if<http::Response>(&read)) co_return *refusal;

        auto detecting = detector_.detect(std::move(images.front()), std::get<ImageNotes>(std::move(read)));
        auto const detected = co_await std::move(detecting);
        if (!detected) co_return detected.error();
        auto response = http::json_response(to_json(detected->metadata));
        if (!detected->causes.empty()) response.headers.add("Upload-Causes", joined(detected->causes));
        co_return response;
    }

    Task<Result<http::Response>> upload(http::Request request)
    {
        if (request.content_type().empty()) co_return http::field_required("body", "files");
        auto const form = take_form(request);
        if (!form) co_return form.error();
        auto read = read_notes(request);
        if (auto const* refusal = std::get_if<http::Response>(&read)) co_return *refusal;
        auto images = images_in(*form, "files");
        if (images.empty()) co_return http::field_required("body", "files");

        auto keeping = detector_.keep(std::move(images), std::get<ImageNotes>(std::move(read)));
        auto const kept = co_await std::move(keeping);
        if (!kept) co_return kept.error();
        co_return http::json_response(boost::json::array{200, "OK"});
    }

    Detector& detector_;
};

} // namespace

void add_detect_api(http::Router& router, Detector& detector)
{
    router.keep<DetectApi>(detector);
}

} // namespace learning_loop
