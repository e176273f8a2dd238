#include "learning_loop/detector/detector_metrics.h"

#include "learning_loop/detector/model/detection_service.h"
#include "learning_loop/detector/outbox/outbox.h"

namespace learning_loop {
namespace {

double seconds(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// How `detector_images_total` calls an image that was not evaluated.
std::string result_of(Errc why)
{
    switch (why) {
    case Errc::unavailable:
    case Errc::too_many: return "dropped";
    case Errc::invalid_argument:
    case Errc::too_large:
    case Errc::unprocessable: return "invalid";
    case Errc::unauthorized:
    case Errc::forbidden:
    case Errc::not_found:
    case Errc::conflict:
    case Errc::out_of_space: return "failed";
    }
    return "failed";
}

} // namespace

DetectorMetrics::DetectorMetrics(Metrics& metrics)
    : metrics_(metrics),
      answered_(images("evaluated")),
      not_kept_(
          metrics.counter("detector_images_not_kept_total",
                          "Images that were to be kept for the Loop and could not be: invalid, no room, no time.")),
      waiting_(stage("wait")),
      decoding_(stage("decode")),
      evaluating_(stage("evaluate")),
      keeping_(stage("keep"))
{
    for (auto const* result : {"dropped", "invalid", "failed"}) images(result); // so that they stand there as 0
}

void DetectorMetrics::watch(DetectionService const& detection, Outbox const& outbox)
{
    metrics_.gauge("detector_queue", "Requests whose images wait or are being evaluated.",
                   [&detection] { return static_cast<double>(detection.requests()); });
    metrics_.gauge("detector_ready", "1: a model, or a logic that needs none, evaluates images.",
                   [&detection] { return detection.ready() ? 1.0 : 0.0; });
    metrics_.info("detector_model_info", "The version of the model that runs.", [&detection]() -> Metrics::Labels {
        return {{"version", detection.model() ? detection.model()->version : ""}};
    });
    metrics_.gauge("outbox_images", "Images that wait for their upload.",
                   [&outbox] { return static_cast<double>(outbox.images()); });
    metrics_.gauge("outbox_bytes", "Bytes of these images.", [&outbox] { return static_cast<double>(outbox.bytes()); });
    metrics_.gauge("outbox_dropped_images", "Images without priority that made room for others, since the start.",
                   [&outbox] { return static_cast<double>(outbox.dropped()); });
    metrics_.gauge("outbox_rejected_images", "Images that the Loop will never take, since the start.",
                   [&outbox] { return static_cast<double>(outbox.rejected()); });
    metrics_.gauge("outbox_rejected_there", "What lies in the outbox's folder rejected.",
                   [&outbox] { return static_cast<double>(outbox.rejected_images().images()); });
    metrics_.gauge("outbox_rejected_bytes", "Bytes of what lies in the outbox's folder rejected.",
                   [&outbox] { return static_cast<double>(outbox.rejected_images().bytes()); });
    metrics_.gauge("outbox_rejected_deleted", "Of these, deleted to keep to REJECTED_MAX_BYTES, since the start.",
                   [&outbox] { return static_cast<double>(outbox.rejected_images().deleted()); });
}

void DetectorMetrics::count_evaluated(std::vector<Evaluated> const& images)
{
    for (auto const& image : images) {
        waiting_.Observe(seconds(image.waiting));
        decoding_.Observe(seconds(image.decoding));
        evaluating_.Observe(seconds(image.evaluating));
        detections_ += detection_count(image.found);
    }
    answered_.Increment(static_cast<double>(images.size()));
    evaluated_ += images.size();
}

void DetectorMetrics::count_refused(std::size_t count, Errc why)
{
    images(result_of(why)).Increment(static_cast<double>(count));
}

void DetectorMetrics::count_failed(std::size_t count)
{
    images("failed").Increment(static_cast<double>(count));
}

void DetectorMetrics::count_kept(std::size_t count, std::chrono::nanoseconds took)
{
    for (std::size_t i = 0; i < count; ++i) keeping_.Observe(seconds(took) / static_cast<double>(count));
}

void DetectorMetrics::count_not_kept(std::size_t count)
{
    not_kept_.Increment(static_cast<double>(count));
}

prometheus::Counter& DetectorMetrics::images(std::string const& result)
{
    return metrics_.counter(
        "detector_images_total",
        "Images that came to be evaluated: evaluated, dropped (no model, no time), invalid, failed.",
        {{"result", result}});
}

prometheus::Histogram& DetectorMetrics::stage(std::string const& name)
{
    prometheus::Histogram::BucketBoundaries const bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                         0.025,  0.05,    0.1,    0.25,  0.5,    1,     5};
    return metrics_.histogram("detector_stage_seconds",
                              "What an image takes in each stage: to wait for a stream, to be decoded, evaluated and, "
                              "if it is kept, until it is on the disk.",
                              {{"stage", name}}, bounds);
}

} // namespace learning_loop
