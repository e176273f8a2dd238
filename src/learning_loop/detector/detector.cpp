#include "learning_loop/detector/detector.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr std::size_t max_camera_bytes = 200; // of a name that the filter remembers; the rest is cut off

void append(std::vector<std::string>& tags, std::vector<std::string> const& more)
{
    tags.insert(tags.end(), more.begin(), more.end());
}

void add_notes(ImageMetadata& metadata, ImageNotes const& notes)
{
    append(metadata.tags, notes.tags);
    metadata.source = notes.source;
    metadata.created = notes.created;
}

/// What could not be kept must count as new when it comes again.
struct ForgetUnlessKept {
    RelevanceFilter& filter;
    std::string const& camera;
    bool kept = false;

    ~ForgetUnlessKept()
    {
        if (!kept) filter.forget(camera);
    }
};

} // namespace

Task<Result<Detected>> Detector::detect(Bytes image, ImageNotes notes)
{
    notes.camera.resize(std::min(notes.camera.size(), max_camera_bytes));
    auto found = co_await detection_.detect(image);
    if (!found) co_return found.error();
    Detected detected;
    detected.metadata = std::move(*found);
    add_notes(detected.metadata, notes);
    detected.causes = causes_to_keep(notes, detected.metadata);
    if (detected.causes.empty()) co_return detected;

    ForgetUnlessKept guard{filter_, notes.camera};
    auto const kept = co_await keep_detected(std::move(image), notes, detected);
    if (!kept) co_return kept.error();
    guard.kept = true;
    co_return detected;
}

std::vector<std::string> Detector::causes_to_keep(ImageNotes const& notes, ImageMetadata const& found)
{
    switch (notes.autoupload) {
    case Autoupload::filtered: return filter_.causes(notes.camera, found, std::chrono::steady_clock::now());
    case Autoupload::all: return {"all"};
    case Autoupload::disabled: return {};
    }
    return {};
}

Task<Result<OutboxItem>> Detector::keep_detected(Bytes image, ImageNotes const& notes, Detected const& detected)
{
    auto jpeg = co_await keeper_.to_jpeg(std::move(image));
    if (!jpeg) co_return jpeg.error();
    auto metadata = detected.metadata;
    if (notes.autoupload == Autoupload::filtered) append(metadata.tags, detected.causes);
    co_return co_await keeper_.keep(std::move(*jpeg), std::move(metadata), notes.priority);
}

Task<Result<void>> Detector::keep(std::vector<Bytes> images, ImageNotes notes)
{
    auto jpegs = co_await to_jpegs(std::move(images));
    if (!jpegs) co_return jpegs.error();

    ImageMetadata metadata;
    add_notes(metadata, notes);
    metadata.tags.emplace_back("picked_by_system");
    std::vector<OutboxItem> kept;
    for (auto& jpeg : *jpegs) {
        auto item = co_await keeper_.keep(std::move(jpeg), metadata, notes.priority);
        if (!item) {
            co_await keeper_.take_back(std::move(kept));
            co_return item.error();
        }
        kept.push_back(std::move(*item));
    }
    co_return Result<void>();
}

Task<Result<std::vector<std::string>>> Detector::to_jpegs(std::vector<Bytes> images)
{
    std::vector<std::string> jpegs;
    for (auto& image : images) {
        auto jpeg = co_await keeper_.to_jpeg(std::move(image));
        if (!jpeg) {
            auto const place = "files[" + std::to_string(jpegs.size()) + "]: ";
            co_return Error{jpeg.error().code, place + jpeg.error().message};
        }
        jpegs.push_back(std::move(*jpeg));
    }
    co_return jpegs;
}

} // namespace learning_loop
