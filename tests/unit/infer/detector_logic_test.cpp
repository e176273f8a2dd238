#include "learning_loop/infer/detector_logic.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

/// Tells how wide each image is, and refuses one that is a pixel wide.
struct WidthTeller final : DetectorLogic {
    int calls = 0;

    Result<ImageMetadata> evaluate(cv::Mat const& bgr) override
    {
        ++calls;
        if (bgr.cols == 1) return Error{Errc::unprocessable, "too narrow"};
        ImageMetadata found;
        found.tags = {std::to_string(bgr.cols)};
        return found;
    }
};

cv::Mat image_of_width(int width_px)
{
    return cv::Mat(2, width_px, CV_8UC3, cv::Scalar(0, 0, 0));
}

TEST(DetectorLogic, evaluates_a_batch_one_image_after_another)
{
    WidthTeller logic;
    auto const found = logic.batch_evaluate({image_of_width(3), image_of_width(5)}).value();
    ASSERT_EQ(found.items.size(), 2u);
    EXPECT_EQ(found.items[0].tags, std::vector<std::string>{"3"});
    EXPECT_EQ(found.items[1].tags, std::vector<std::string>{"5"});
    EXPECT_TRUE(logic.batch_evaluate({})->items.empty());
}

TEST(DetectorLogic, ends_a_batch_at_the_first_image_that_it_refuses)
{
    WidthTeller logic;
    auto const found = logic.batch_evaluate({image_of_width(3), image_of_width(1), image_of_width(5)});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message, "too narrow");
    EXPECT_EQ(logic.calls, 2);
}

} // namespace
} // namespace learning_loop
