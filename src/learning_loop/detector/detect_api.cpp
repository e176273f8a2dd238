#include "learning_loop/detector/detect_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/http/multipart.h"

#include <algorithm>
#include <variant>

namespace learning_loop {
namespace {

constexpr std::size_t max_image_bytes = 64u << 20;
constexpr std::size_t multipart_overhead_bytes = 64 * 1024;

enum class Autoupload { filtered, all, disabled };
BOOST_DESCRIBE_ENUM(Autoupload, filtered, all, disabled)

/// What a client says of its image beside the image itself.
struct ImageNotes {
    std::string camera;
    std::vector<std::string> tags;
    std::optional<std::string> source;
    std::optional<std::string> created;
    Autoupload autoupload = Autoupload::filtered;
    bool priority = false;
};

/// A value that may come under several names, as header or in the query; two that differ are an error.
Result<std::optional<std::string>> single_value(http::Request const& request,
                                                std::initializer_list<std::string_view> names)
{
    std::optional<std::string> value;
    for (auto const name : names) {
        for (auto const found : {request.headers.find(name), request.query_value(name)}) {
            if (!found || found->empty()) continue;
            auto text = as_utf8(*found); // it goes into JSON, which is nothing else
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
        auto tag = text.substr(0, end);
        while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
        while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
        if (!tag.empty()) tags.emplace_back(tag);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return tags;
}

std::optional<bool> bool_from(std::string const& text)
{
    auto const lower = lower_case(text);
    if (lower == "true" || lower == "1" || lower == "on") return true;
    if (lower == "false" || lower == "0" || lower == "off") return false;
    return std::nullopt;
}

/// `field` as it is written in a header; in a query it has underscores. `remedy` follows the value it is about.
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
std::variant<ImageNotes, http::Response> notes_of(http::Request const& request)
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
    notes.camera = camera->value_or("").substr(0, 200);
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
    auto const is_priority = bool_from(priority->value_or("false"));
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

/// What could not be kept has to count as news when it comes again.
struct ForgetUnlessKept {
    RelevanceFilter& filter;
    std::string const& camera;
    bool kept = false;

    ~ForgetUnlessKept()
    {
        if (!kept) filter.forget(camera);
    }
};

class DetectApi {
public:
    DetectApi(DetectionService& detection, RelevanceFilter& filter, ImageKeeper& keeper)
        : detection_(detection), filter_(filter), keeper_(keeper)
    {}

    void add_to(http::Router& router)
    {
        auto& detect = router.post("/detect", *this, &DetectApi::detect)
                           .summary("Finds things in the JPEG or PNG `file`; keeps it for the Loop when it is news.")
                           .body_limit(max_image_bytes + multipart_overhead_bytes);
        auto& upload = router.post("/upload", *this, &DetectApi::upload)
                           .summary("Keeps the images `files` for the Loop, all of them or none.")
                           .body_limit(2 * max_image_bytes + multipart_overhead_bytes);
        detect.operation.takes("multipart/form-data");
        detect.operation.gives_json<ImageMetadata>();
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
        auto const body = std::make_shared<std::string const>(std::move(request.body)); // shared with the stream's job
        if (request.content_type().empty()) co_return http::field_required("body", "file");
        auto const parts = http::parse_multipart(request.content_type(), *body);
        if (!parts) co_return parts.error();
        auto const file =
            std::find_if(parts->begin(), parts->end(), [](auto const& part) { return part.name == "file"; });
        if (file == parts->end()) co_return http::field_required("body", "file");
        auto const read = notes_of(request);
        if (auto const* refusal = std::get_if<http::Response>(&read)) co_return *refusal;
        auto const& notes = std::get<ImageNotes>(read);

        ImageBytes const image{body, file->bytes};
        auto found = co_await detection_.detect(image);
        if (!found) co_return found.error();
        found->tags.insert(found->tags.end(), notes.tags.begin(), notes.tags.end());
        found->source = notes.source;
        found->created = notes.created;
        auto response = http::json_response(json_of(*found));

        auto const causes = causes_to_keep(notes, *found);
        if (causes.empty()) co_return response;
        ForgetUnlessKept guard{filter_, notes.camera};
        if (auto const kept = co_await keep(image, notes, std::move(*found), causes); !kept) co_return kept.error();
        guard.kept = true;
        response.headers.add("Upload-Causes", joined(causes));
        co_return response;
    }

    std::vector<std::string> causes_to_keep(ImageNotes const& notes, ImageMetadata const& found)
    {
        switch (notes.autoupload) {
        case Autoupload::filtered: return filter_.causes(notes.camera, found, std::chrono::steady_clock::now());
        case Autoupload::all: return {"all"};
        case Autoupload::disabled: return {};
        }
        return {};
    }

    /// Durable before the answer: what the client is told was kept is kept.
    Task<Result<OutboxItem>> keep(ImageBytes image, ImageNotes notes, ImageMetadata found,
                                  std::vector<std::string> causes)
    {
        auto jpeg = co_await keeper_.checked(std::move(image));
        if (!jpeg) co_return jpeg.error();
        if (notes.autoupload == Autoupload::filtered) found.tags.insert(found.tags.end(), causes.begin(), causes.end());
        co_return co_await keeper_.keep(std::move(*jpeg), std::move(found), notes.priority);
    }

    /// All of the request's images or none of them.
    Task<Result<http::Response>> upload(http::Request request)
    {
        auto const body = std::make_shared<std::string const>(std::move(request.body)); // shared with the codec's job
        if (request.content_type().empty()) co_return http::field_required("body", "files");
        auto const parts = http::parse_multipart(request.content_type(), *body);
        if (!parts) co_return parts.error();
        auto const read = notes_of(request);
        if (auto const* refusal = std::get_if<http::Response>(&read)) co_return *refusal;
        auto const& notes = std::get<ImageNotes>(read);

        std::vector<std::string> jpegs;
        for (auto const& part : *parts) {
            if (part.name != "files") continue;
            ImageBytes image{body, part.bytes}; // docs/traps.md, 1
            auto jpeg = co_await keeper_.checked(std::move(image));
            if (!jpeg)
                co_return Error{jpeg.error().code,
                                "files[" + std::to_string(jpegs.size()) + "]: " + jpeg.error().message};
            jpegs.push_back(std::move(*jpeg));
        }
        if (jpegs.empty()) co_return http::field_required("body", "files");

        ImageMetadata metadata;
        metadata.tags = notes.tags;
        metadata.tags.emplace_back("picked_by_system");
        metadata.source = notes.source;
        metadata.created = notes.created;
        std::vector<OutboxItem> kept;
        for (auto& jpeg : jpegs) {
            auto item = co_await keeper_.keep(std::move(jpeg), metadata, notes.priority);
            if (!item) {
                co_await keeper_.take_back(std::move(kept));
                co_return item.error();
            }
            kept.push_back(*item);
        }
        co_return http::json_response(boost::json::array{200, "OK"});
    }

    DetectionService& detection_;
    RelevanceFilter& filter_;
    ImageKeeper& keeper_;
};

} // namespace

void add_detect_api(http::Router& router, DetectionService& detection, RelevanceFilter& filter, ImageKeeper& keeper)
{
    router.keep<DetectApi>(detection, filter, keeper);
}

} // namespace learning_loop
