#include "learning_loop/detector/detector.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/detector/model/category_ids.h"

#include <algorithm>

namespace learning_loop {
namespace {

using Clock = std::chrono::steady_clock;

void append(std::vector<std::string>& tags, std::vector<std::string> const& more)
{
    tags.insert(tags.end(), more.begin(), more.end());
}

/// What the filter has seen, but could not be kept, must count as new when it comes again.
struct ForgetUnlessKept {
    RelevanceFilter& filter;
    ImageNotes const& notes;
    bool kept = false;

    ~ForgetUnlessKept()
    {
        if (!kept && notes.autoupload == Autoupload::filtered) filter.forget(notes.camera);
    }
};

/// Counts images whose evaluation throws.
struct CountIfThrown {
    DetectorMetrics& metrics;
    std::size_t images;
    bool returned = false;

    ~CountIfThrown()
    {
        if (!returned) metrics.count_failed(images);
    }
};

/// What people may see of an image, all but what the filter says. Its picture is empty if it was not its turn.
RecentFrame frame_of(Evaluated& image, ImageNotes const& notes)
{
    RecentFrame frame;
    frame.received = timestamp_now();
    frame.camera = notes.camera;
    frame.source = notes.source;
    frame.width_px = image.size.width;
    frame.height_px = image.size.height;
    frame.milliseconds = std::chrono::duration<double, std::milli>(image.decoding + image.evaluating).count();
    frame.jpeg = std::move(image.preview);
    return frame;
}

std::vector<Detected> with_notes(std::vector<Evaluated> evaluated, ImageNotes const& notes)
{
    std::vector<Detected> detected;
    for (auto& one : evaluated) {
        auto& metadata = detected.emplace_back().metadata;
        metadata = std::move(one.found);
        append(metadata.tags, notes.tags);
        metadata.source = notes.source;
        metadata.created = notes.created;
    }
    return detected;
}

} // namespace

Task<Result<std::vector<Detected>>> Detector::detect(std::vector<SentImage> images, ImageNotes notes)
{
    CountIfThrown failure{metrics_, images.size()};
    auto evaluated = co_await detection_.detect(images, recent_.take_turn(Clock::now()));
    failure.returned = true;
    if (!evaluated) {
        metrics_.count_refused(images.size(), evaluated.error().code);
        co_return evaluated.error();
    }
    metrics_.count_evaluated(*evaluated);
    auto frame = frame_of(evaluated->front(), notes);
    auto detected = with_notes(std::move(*evaluated), notes);
    ForgetUnlessKept guard{filter_, notes};
    auto const kept = co_await keep_relevant(std::move(images), notes, detected);
    guard.kept = kept.has_value();
    if (!frame.jpeg.empty()) show(std::move(frame), detected.front(), guard.kept);
    if (!kept) co_return kept.error();
    co_return detected;
}

/// Fills in the causes and keeps the images that have any.
Task<Result<void>> Detector::keep_relevant(std::vector<SentImage> images, ImageNotes const& notes,
                                           std::vector<Detected>& detected)
{
    std::vector<ImageToKeep> relevant;
    for (std::size_t i = 0; i < images.size(); ++i) {
        detected[i].causes = causes_to_keep(notes, detected[i].metadata);
        if (detected[i].causes.empty()) continue;
        auto& metadata =
            relevant.emplace_back(ImageToKeep{std::move(images[i]), detected[i].metadata, notes.camera}).metadata;
        if (notes.autoupload == Autoupload::filtered) append(metadata.tags, detected[i].causes);
    }
    if (relevant.empty()) co_return Result<void>();
    auto const count = relevant.size();
    auto const begin = Clock::now();
    auto const kept = co_await keeper_.keep(std::move(relevant), notes.priority);
    if (kept) metrics_.count_kept(count, Clock::now() - begin);
    else metrics_.count_not_kept(count);
    co_return kept;
}

std::vector<std::string> Detector::causes_to_keep(ImageNotes const& notes, ImageMetadata const& found)
{
    switch (notes.autoupload) {
    case Autoupload::filtered: return filter_.causes(notes.camera, found, Clock::now());
    case Autoupload::all: return {"all"};
    case Autoupload::disabled: return {};
    }
    return {};
}

void Detector::show(RecentFrame frame, Detected const& detected, bool is_kept)
{
    if (is_kept) frame.causes = detected.causes;
    frame.found = detected.metadata;
    recent_.add(std::move(frame));
}

Task<Result<void>> Detector::keep(std::vector<SentImage> images, ImageMetadata metadata, bool priority)
{
    auto const* model = detection_.model();
    bool const knows_ids = model && !model->version.empty(); // not of a logic that needs no model
    if (knows_ids) fill_category_ids(metadata, *model);
    metadata.tags.emplace_back("picked_by_system");
    std::vector<ImageToKeep> all;
    for (auto& image : images) all.push_back({std::move(image), metadata, {}});
    auto const count = all.size();
    auto const kept = co_await keeper_.keep(std::move(all), priority);
    if (!kept) metrics_.count_not_kept(count);
    co_return kept;
}

} // namespace learning_loop
