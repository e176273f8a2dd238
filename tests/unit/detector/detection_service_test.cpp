#include "learning_loop/detector/detection_service.h"

#include "support/fake_detector_logic.h"
#include "support/run.h"
#include "support/sample_images.h"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>

namespace learning_loop {
namespace {

ModelInformation model_of(std::string const& version)
{
    ModelInformation model;
    model.version = version;
    model.categories = {{"id of weed", "weed", {}, {}, {}, {}, {}}, {"id of crop", "crop", {}, {}, {}, {}, {}}};
    return model;
}

struct DetectionServiceTest : testing::Test {
    test::Io io;
    std::shared_ptr<test::FakeFindings> findings = std::make_shared<test::FakeFindings>(); // shared: with the logics
    DetectionService service{io.executor(), test::fake_factory(findings), 2};

    Result<void> load(std::string const& version) { return io.run(service.load(model_of(version))); }
    Result<ImageMetadata> detect(std::string const& bytes)
    {
        auto const owner = std::make_shared<std::string const>(bytes);
        return io.run(service.detect({owner, *owner}));
    }
};

TEST_F(DetectionServiceTest, is_not_there_before_a_model_is)
{
    EXPECT_FALSE(service.ready());
    EXPECT_EQ(service.model(), nullptr);
    auto const found = detect(test::a_jpeg());
    EXPECT_EQ(found.error().code, Errc::unavailable);
    EXPECT_TRUE(found.error().message.starts_with("detector not yet initialized")) << found.error().message;
}

TEST_F(DetectionServiceTest, builds_one_instance_for_each_stream)
{
    ASSERT_TRUE(load("1"));
    EXPECT_EQ(findings->instances, 2);
    EXPECT_EQ(service.model()->version, "1");
}

TEST_F(DetectionServiceTest, fills_what_the_logic_left_open)
{
    ASSERT_TRUE(load("1.3"));
    findings->next->box_detections = {{"weed", 1, 2, 3, 4, "", 0.5, std::nullopt},
                                      {"crop", 1, 2, 3, 4, "own", 0.5, "own id"}};
    findings->next->point_detections = {{"crop", 1, 2, "", 0.5, ""}};
    findings->next->classification_detections = {{"unknown", "", 0.5, std::nullopt}};
    auto const found = detect(test::a_jpeg()).value();
    EXPECT_EQ(found.box_detections[0].category_id, "id of weed");
    EXPECT_EQ(found.box_detections[0].model_name, "1.3");
    EXPECT_EQ(found.box_detections[1].category_id, "own id");
    EXPECT_EQ(found.box_detections[1].model_name, "own");
    EXPECT_EQ(found.point_detections[0].category_id, "id of crop");
    EXPECT_EQ(found.classification_detections[0].category_id, std::nullopt);
}

TEST_F(DetectionServiceTest, shows_the_logic_the_whole_image)
{
    ASSERT_TRUE(load("1"));
    ASSERT_TRUE(detect(test::a_jpeg(13, 7)));
    EXPECT_EQ(findings->sizes, std::vector{cv::Size(13, 7)});
}

TEST_F(DetectionServiceTest, refuses_what_is_no_image)
{
    ASSERT_TRUE(load("1"));
    EXPECT_EQ(detect("no image").error().code, Errc::invalid_argument);
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectionServiceTest, hands_on_the_error_of_the_logic)
{
    ASSERT_TRUE(load("1"));
    findings->next = Error{Errc::unprocessable, "too dark"};
    EXPECT_EQ(detect(test::a_jpeg()).error().message, "too dark");
}

TEST_F(DetectionServiceTest, keeps_the_old_model_when_the_new_one_cannot_be_built)
{
    findings->broken_version = "2";
    ASSERT_TRUE(load("1"));
    EXPECT_EQ(load("2").error().message, "the weights are broken");
    EXPECT_EQ(service.model()->version, "1");
    EXPECT_TRUE(detect(test::a_jpeg()));
    EXPECT_TRUE(load("3"));
    EXPECT_EQ(service.model()->version, "3");
}

TEST_F(DetectionServiceTest, takes_an_exception_of_the_users_factory_for_a_model_that_is_broken)
{
    DetectionService throwing(
        io.executor(),
        [](auto const&) -> Result<std::unique_ptr<DetectorLogic>> { throw std::runtime_error("no GPU"); }, 1);
    auto const loaded = io.run(throwing.load(model_of("1")));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().message, "no GPU");
    EXPECT_FALSE(throwing.ready());
}

TEST_F(DetectionServiceTest, gives_up_on_an_image_that_takes_too_long)
{
    std::latch begun{1};
    std::latch go_on{1};
    struct Stuck final : DetectorLogic {
        Stuck(std::latch& begun_, std::latch& go_on_) : begun(begun_), go_on(go_on_) {}
        Result<ImageMetadata> evaluate(cv::Mat const&) override
        {
            begun.count_down();
            go_on.wait();
            return ImageMetadata{};
        }
        std::latch& begun;
        std::latch& go_on;
    };
    auto const factory = [&](auto const&) -> Result<std::unique_ptr<DetectorLogic>> {
        return std::make_unique<Stuck>(begun, go_on);
    };
    DetectionService slow(io.executor(), factory, 1, std::chrono::milliseconds(1));
    io.run(slow.load(model_of("1"))).value();
    auto const owner = std::make_shared<std::string const>(test::a_jpeg());
    auto const found = io.run(slow.detect({owner, *owner}));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::unavailable);
    EXPECT_EQ(found.error().message, "the detection took longer than 1 ms: try again later");
    begun.wait(); // an image whose turn had not come would be dropped instead
    EXPECT_FALSE(io.run(slow.finish(std::chrono::milliseconds(1)))); // it is still stuck
    go_on.count_down();
    EXPECT_TRUE(io.run(slow.finish(std::chrono::seconds(10))));
}

TEST_F(DetectionServiceTest, frees_the_old_instances)
{
    ASSERT_TRUE(load("1"));
    auto const with_two_logics = findings.use_count();
    ASSERT_TRUE(load("2"));
    EXPECT_EQ(findings.use_count(), with_two_logics);
    EXPECT_EQ(findings->instances, 4);
}

} // namespace
} // namespace learning_loop
