#pragma once

#include "learning_loop/base/metrics.h"
#include "learning_loop/detector/model/evaluation.h"

#include <chrono>
#include <vector>

namespace learning_loop {

class DetectionService;
class Outbox;

/// What a detector counts and measures of its images, in `GET /metrics`.
class DetectorMetrics {
public:
    explicit DetectorMetrics(Metrics& metrics);

    /// Adds what is asked whenever the metrics are read. Both must live as long as the metrics are read.
    void watch(DetectionService const& detection, Outbox const& outbox);

    void count_evaluated(std::vector<Evaluated> const& images);
    void count_refused(std::size_t images, Errc why);
    void count_failed(std::size_t images);                              ///< By a logic that threw.
    void count_kept(std::size_t images, std::chrono::nanoseconds took); ///< All of them together.
    void count_not_kept(std::size_t images); ///< That were to be, or that a client wants to be.

    std::uint64_t evaluated() const { return evaluated_; }   ///< Images since the start.
    std::uint64_t detections() const { return detections_; } ///< In these images.

private:
    prometheus::Counter& images(std::string const& result);
    prometheus::Histogram& stage(std::string const& name);

    Metrics& metrics_;
    prometheus::Counter& answered_;
    prometheus::Counter& not_kept_;
    prometheus::Histogram& waiting_;
    prometheus::Histogram& decoding_;
    prometheus::Histogram& evaluating_;
    prometheus::Histogram& keeping_;
    std::uint64_t evaluated_ = 0;
    std::uint64_t detections_ = 0;
};

} // namespace learning_loop
