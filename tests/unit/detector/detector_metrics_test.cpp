#include "learning_loop/detector/detector_metrics.h"

#include "unit/detector/detector_fixture.h"

#include <stdexcept>

namespace learning_loop {
namespace {

struct DetectorMetricsTest : test::DetectorFixture {
    DetectorMetricsTest() { metrics.watch(detection, outbox); }

    bool detect(std::vector<std::string> const& files, Autoupload autoupload = Autoupload::disabled)
    {
        std::vector<SentImage> images;
        for (auto const& bytes : files) images.push_back(test::sent_file(bytes));
        ImageNotes notes;
        notes.autoupload = autoupload;
        return io.run(detector.detect(std::move(images), std::move(notes))).has_value();
    }
    /// What stands behind a name with its labels.
    std::string value_of(std::string const& name) const
    {
        auto const text = "\n" + registry.text();
        auto const at = text.find("\n" + name + " ");
        if (at == std::string::npos) return "missing";
        auto const begin = at + name.size() + 2;
        return text.substr(begin, text.find('\n', begin) - begin);
    }
    std::string images(std::string const& result) const
    {
        return value_of("detector_images_total{result=\"" + result + "\"}");
    }
    std::string count_of(std::string const& stage) const
    {
        return value_of("detector_stage_seconds_count{stage=\"" + stage + "\"}");
    }
};

TEST_F(DetectorMetricsTest, stand_there_before_the_first_image)
{
    for (auto const* result : {"evaluated", "dropped", "invalid", "failed"}) EXPECT_EQ(images(result), "0") << result;
    for (auto const* stage : {"wait", "decode", "evaluate", "keep"}) EXPECT_EQ(count_of(stage), "0") << stage;
    EXPECT_EQ(metrics.evaluated(), 0u);
}

TEST_F(DetectorMetricsTest, count_images_by_what_became_of_them)
{
    EXPECT_TRUE(detect({test::a_jpeg(), test::a_jpeg()}));
    EXPECT_FALSE(detect({test::a_jpeg(), "no image", test::a_jpeg()}));
    findings->next = Error{Errc::unavailable, "busy"};
    EXPECT_FALSE(detect({test::a_jpeg()}));
    findings->next = Error{Errc::out_of_space, "no memory"};
    EXPECT_FALSE(detect({test::a_jpeg()}));
    EXPECT_EQ(images("evaluated"), "2");
    EXPECT_EQ(images("invalid"), "3");
    EXPECT_EQ(images("dropped"), "1");
    EXPECT_EQ(images("failed"), "1");
    EXPECT_EQ(metrics.evaluated(), 2u);
}

TEST_F(DetectorMetricsTest, count_what_throws_as_failed)
{
    findings->before = [] { throw 7; };
    EXPECT_THROW(detect({test::a_jpeg(), test::a_jpeg()}), std::runtime_error);
    EXPECT_EQ(images("failed"), "2");
    EXPECT_EQ(images("evaluated"), "0");
}

TEST_F(DetectorMetricsTest, measure_each_stage_of_an_image)
{
    EXPECT_TRUE(detect({test::a_jpeg(), test::a_jpeg()}));
    for (auto const* stage : {"wait", "decode", "evaluate"}) EXPECT_EQ(count_of(stage), "2") << stage;
    EXPECT_EQ(count_of("keep"), "0");
    EXPECT_TRUE(detect({test::a_jpeg()}, Autoupload::all));
    EXPECT_EQ(count_of("keep"), "1");
    EXPECT_NE(value_of("detector_stage_seconds_sum{stage=\"decode\"}"), "0");
}

TEST_F(DetectorMetricsTest, tell_of_the_model_and_of_the_outbox)
{
    EXPECT_EQ(value_of("detector_ready"), "1");
    EXPECT_EQ(value_of("detector_queue"), "0");
    EXPECT_EQ(value_of("detector_model_info{version=\"1.3\"}"), "1");
    EXPECT_EQ(value_of("outbox_images"), "0");
    EXPECT_TRUE(detect({test::a_jpeg()}, Autoupload::all));
    EXPECT_EQ(value_of("outbox_images"), "1");
    EXPECT_EQ(value_of("outbox_bytes"), std::to_string(outbox.bytes()));
    EXPECT_EQ(value_of("outbox_dropped_images"), "0");
    io.run(detection.unload());
    EXPECT_EQ(value_of("detector_ready"), "0");
    EXPECT_EQ(value_of("detector_model_info{version=\"\"}"), "1");
    EXPECT_EQ(value_of("detector_model_info{version=\"1.3\"}"), "missing");
}

} // namespace
} // namespace learning_loop
