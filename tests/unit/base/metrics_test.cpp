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

TEST(Metrics, tell_an_information_by_its_labels_of_the_moment)
{
    Metrics metrics;
    std::string version = "1.3";
    metrics.info("model_info", "The model.", [&]() -> Metrics::Labels { return {{"version", version}}; });
    EXPECT_NE(metrics.text().find("\nmodel_info{version=\"1.3\"} 1\n"), std::string::npos) << metrics.text();
    version = "1.4";
    auto const text = metrics.text();
    EXPECT_NE(text.find("\nmodel_info{version=\"1.4\"} 1\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("1.3"), std::string::npos) << text;
    EXPECT_EQ(metrics.text(), text); // as long as nothing has changed
}

} // namespace
} // namespace learning_loop
