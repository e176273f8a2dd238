#include "learning_loop/base/metrics.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(Metrics, are_written_as_prometheus_reads_them)
{
    Metrics metrics;
    metrics.counter("images_total", "Images.", {{"kind", "a"}}).Increment();
    metrics.counter("images_total", "Images.", {{"kind", "a"}}).Increment(2); // the same one
    double waiting = 3;
    metrics.gauge("waiting_images", "Images that wait.", [&] { return waiting; });
    metrics.histogram("upload_seconds", "Uploads.", {}, {0.1, 1}).Observe(0.5);
    waiting = 4;
    auto const text = metrics.text();
    EXPECT_NE(text.find("# HELP images_total Images.\n# TYPE images_total counter\nimages_total{kind=\"a\"} 3"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("\nwaiting_images 4"), std::string::npos) << text;
    EXPECT_NE(text.find("upload_seconds_bucket{le=\"0.1\"} 0"), std::string::npos) << text;
    EXPECT_NE(text.find("upload_seconds_bucket{le=\"1\"} 1"), std::string::npos) << text;
}

} // namespace
} // namespace learning_loop
