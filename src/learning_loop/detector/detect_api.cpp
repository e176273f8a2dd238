#include "learning_loop/detector/detect_api.h"

#include "learning_loop/detector/detector.h"
#include "learning_loop/detector/sent_notes.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/multipart.h"

#include <memory>
#include <string>
#include <vector>

namespace learning_loop {
namespace {

constexpr std::size_t multipart_overhead_bytes = 64 * 1024;

std::string joined(std::vector<std::string> const& texts)
{
    std::string line;
    for (auto const& text : texts) line += (line.empty() ? "" : ",") + text;
    return line;
}

/// Takes the image files of this field out of the request; they keep its body alive. Errors: unprocessable if there are
/// none. invalid_argument if the body is no multipart body.
Result<std::vector<SentImage>> take_images(http::Request& request, std::string_view field)
{
    if (request.content_type().empty()) return missing_value("body", field);
    auto const body = std::make_shared<std::string const>(std::move(request.body)); // shared: by the images
    auto const parts = http::parse_multipart(request.content_type(), *body);
    if (!parts) return parts.error();
    std::vector<SentImage> images;
    for (auto const& part : *parts) {
        if (part.name == field) images.push_back({Bytes(body, part.bytes), std::string(field), {}});
    }
    if (images.empty()) return missing_value("body", field);
    return images;
}

class DetectApi {
public:
    DetectApi(Detector& detector, ImageLimits const& limits) : detector_(detector), limits_(limits) {}

    void add_to(http::Router& router)
    {
        auto& detect = router.post("/detect", *this, &DetectApi::detect)
                           .summary("Finds things in the JPEG or PNG `file`; keeps it for the Loop when it is news.")
                           .open_to(http::Access::everybody)
                           .body_limit(limits_.max_bytes + multipart_overhead_bytes);
        auto& upload = router.post("/upload", *this, &DetectApi::upload)
                           .summary("Keeps the images `files` for the Loop, all of them or none.")
                           .open_to(http::Access::everybody)
                           .body_limit(2 * limits_.max_bytes + multipart_overhead_bytes);
        detect.operation.takes("multipart/form-data");
        detect.operation.gives_json(json_type<ImageMetadata>());
        upload.operation.takes("multipart/form-data");
    }

private:
    Task<Result<http::Response>> detect(http::FromHeaderOrQuery<SentNotes> notes, http::Request request)
    {
        auto images = take_images(request, "file");
        if (!images) co_return images.error();
        images->resize(1);
        auto detecting = detector_.detect(std::move(*images), image_notes_of(std::move(notes.value)));
        auto const detected = co_await std::move(detecting);
        if (!detected) co_return detected.error();
        auto const& [metadata, causes] = detected->front();
        auto response = http::json_response(to_json(metadata));
        if (!causes.empty()) response.headers.add("Upload-Causes", joined(causes));
        co_return response;
    }

    Task<Result<http::Response>> upload(http::FromHeaderOrQuery<SentNotes> notes, http::Request request)
    {
        auto images = take_images(request, "files");
        if (!images) co_return images.error();
        for (std::size_t i = 0; i < images->size(); ++i) (*images)[i].name += "[" + std::to_string(i) + "]";
        bool const priority = notes->upload_priority;
        auto keeping = detector_.keep(std::move(*images), metadata_of(std::move(notes.value)), priority);
        auto const kept = co_await std::move(keeping);
        if (!kept) co_return kept.error();
        co_return http::json_response(boost::json::array{200, "OK"});
    }

    Detector& detector_;
    ImageLimits limits_;
};

} // namespace

void add_detect_api(http::Router& router, Detector& detector, ImageLimits const& limits)
{
    router.keep<DetectApi>(detector, limits);
}

} // namespace learning_loop
