#include "learning_loop/detector/model/evaluation.h"

#include "learning_loop/base/log.h"
#include "learning_loop/infer/thumbnail.h"

#include <span>
#include <stdexcept>

namespace learning_loop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int preview_side_px = 640;

/// The time since the last call, or since it was made.
class StopWatch {
public:
    std::chrono::nanoseconds lap()
    {
        auto const now = Clock::now();
        return now - std::exchange(last_, now);
    }

private:
    Clock::time_point last_ = Clock::now();
};

/// Runs the user's code, which may throw anything.
template <class UserCode>
auto guarded(UserCode const& code) -> decltype(code())
{
    try {
        return code();
    } catch (std::exception const& failure) {
        throw std::runtime_error(std::string("the detector's logic threw: ") + failure.what());
    } catch (...) {
        throw std::runtime_error("the detector's logic threw what is no std::exception");
    }
}

/// What one call of the logic gets.
struct ImageBatch {
    std::vector<cv::Mat> bgr;
    std::vector<Evaluated> evaluated;
};

/// Without decoding the image. One that is no image has none: `decode_image` tells what is wrong with it.
std::int64_t pixels_of(SentImage const& image, ImageLimits const& limits)
{
    if (image.layout) return std::int64_t{image.layout->width_px} * image.layout->height_px;
    auto const header = read_image_header(image.bytes.view(), limits);
    return header ? std::int64_t{header->width_px} * header->height_px : 0;
}

/// The next batch: at least one image.
Result<ImageBatch> decode_batch(std::span<SentImage const> images, ImageLimits const& limits)
{
    ImageBatch batch;
    StopWatch watch;
    std::int64_t pixels = 0;
    for (auto const& image : images) {
        pixels += pixels_of(image, limits);
        bool const is_full = pixels > limits.max_pixels || batch.bgr.size() == Evaluation::max_batch_images;
        if (is_full && !batch.bgr.empty()) break;
        auto bgr = decode_image(image, limits);
        if (!bgr) return bgr.error();
        auto& one = batch.evaluated.emplace_back();
        one.size = bgr->size();
        one.decoding = watch.lap();
        batch.bgr.push_back(std::move(*bgr));
    }
    return batch;
}

Result<ImagesMetadata> show_to(DetectorLogic& logic, std::vector<cv::Mat> const& bgr, bool is_alone)
{
    if (!is_alone) return guarded([&] { return logic.batch_evaluate(bgr); });
    auto found = guarded([&] { return logic.evaluate(bgr.front()); });
    if (!found) return found.error();
    ImagesMetadata items;
    items.items.push_back(std::move(*found));
    return items;
}

Result<void> evaluate_batch(DetectorLogic& logic, ImageBatch& batch, bool is_alone)
{
    StopWatch watch;
    auto found = show_to(logic, batch.bgr, is_alone);
    if (!found) return found.error();
    auto const count = batch.evaluated.size();
    if (found->items.size() != count) {
        throw std::runtime_error("the detector's logic gave " + std::to_string(found->items.size()) +
                                 " results for a batch of " + std::to_string(count) + " images");
    }
    auto const each = watch.lap() / count;
    for (std::size_t i = 0; i < count; ++i) {
        batch.evaluated[i].found = std::move(found->items[i]);
        batch.evaluated[i].evaluating = each;
    }
    return {};
}

/// Nothing that goes wrong with it may cost the answer.
std::string preview_of(cv::Mat const& bgr)
{
    try {
        return make_preview(bgr, preview_side_px);
    } catch (std::exception const& failure) {
        log::warn("an image has no preview: {}", failure.what());
        return {};
    }
}

} // namespace

Result<std::vector<Evaluated>> Evaluation::run(DetectorLogic& logic, std::function<bool()> const& is_over) const
{
    auto const waiting = Clock::now() - asked;
    std::vector<Evaluated> all;
    while (all.size() < images.size()) {
        if (is_over()) return Error{Errc::unavailable, "the request is over before all of it was done"};
        auto batch = decode_batch(std::span(images).subspan(all.size()), limits);
        if (!batch) return batch.error();
        if (auto const done = evaluate_batch(logic, *batch, images.size() == 1); !done) return done.error();
        for (std::size_t i = 0; i < batch->bgr.size(); ++i) {
            auto& one = batch->evaluated[i];
            one.waiting = waiting;
            if (with_preview && all.empty()) one.preview = preview_of(batch->bgr[i]);
            all.push_back(std::move(one));
        }
    }
    return all;
}

} // namespace learning_loop
