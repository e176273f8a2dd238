#pragma once

#include "learning_loop/base/metrics.h"

#include <chrono>
#include <cstdint>

namespace learning_loop {

/// What an annotator counts and measures, in `GET /metrics`.
class AnnotatorMetrics {
public:
    explicit AnnotatorMetrics(Metrics& metrics);

    void count_answer(std::chrono::nanoseconds took, bool is_good); ///< With the time that the action waited.
    void count_merged();
    void count_shape(bool is_taken);

    std::uint64_t answers() const { return answers_; } ///< Since the start.
    std::uint64_t shapes() const { return shapes_; }   ///< That the Loop has taken, since the start.

private:
    prometheus::Counter& good_;
    prometheus::Counter& failed_;
    prometheus::Counter& merged_;
    prometheus::Counter& taken_;
    prometheus::Counter& not_taken_;
    prometheus::Histogram& seconds_;
    std::uint64_t answers_ = 0;
    std::uint64_t shapes_ = 0;
};

} // namespace learning_loop
