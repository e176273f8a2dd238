#include "learning_loop/annotator/annotator_metrics.h"

namespace learning_loop {
namespace {

prometheus::Counter& actions(Metrics& metrics, std::string const& result)
{
    return metrics.counter("annotator_actions_total",
                           "What people did over images: answered, failed, or merged into a later move.",
                           {{"result", result}});
}

prometheus::Counter& finished(Metrics& metrics, std::string const& result)
{
    return metrics.counter("annotator_shapes_total", "Finished shapes: taken by the Loop or not.",
                           {{"result", result}});
}

} // namespace

AnnotatorMetrics::AnnotatorMetrics(Metrics& metrics)
    : good_(actions(metrics, "answered")),
      failed_(actions(metrics, "failed")),
      merged_(actions(metrics, "merged")),
      taken_(finished(metrics, "taken")),
      not_taken_(finished(metrics, "not_taken")),
      seconds_(metrics.histogram("annotator_answer_seconds", "What an action takes until it is answered.", {},
                                 {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5}))
{}

void AnnotatorMetrics::count_answer(std::chrono::nanoseconds took, bool is_good)
{
    seconds_.Observe(std::chrono::duration<double>(took).count());
    (is_good ? good_ : failed_).Increment();
    ++answers_;
}

void AnnotatorMetrics::count_merged()
{
    merged_.Increment();
}

void AnnotatorMetrics::count_shape(bool is_taken)
{
    (is_taken ? taken_ : not_taken_).Increment();
    if (is_taken) ++shapes_;
}

} // namespace learning_loop
