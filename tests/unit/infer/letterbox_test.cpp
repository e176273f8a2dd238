#include "learning_loop/infer/letterbox.h"

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include <vector>

namespace learning_loop {
namespace {

constexpr float gray = 114 / 255.0F;

TEST(Letterbox, centres_the_image_and_gives_the_odd_pixel_to_the_right_and_the_bottom)
{
    EXPECT_EQ(Letterbox({200, 100}, {100, 100}).inner(), cv::Rect(0, 25, 100, 50));
    EXPECT_EQ(Letterbox({100, 200}, {100, 100}).inner(), cv::Rect(25, 0, 50, 100));
    EXPECT_EQ(Letterbox({100, 49}, {100, 100}).inner(), cv::Rect(0, 25, 100, 49));
    EXPECT_EQ(Letterbox({50, 25}, {100, 100}).inner(), cv::Rect(0, 25, 100, 50));
}

TEST(Letterbox, leaves_a_pixel_of_the_thinnest_image)
{
    EXPECT_EQ(Letterbox({10000, 1}, {64, 64}).inner(), cv::Rect(0, 31, 64, 1));
    EXPECT_EQ(Letterbox({1, 50'000'000}, {64, 64}).inner(), cv::Rect(31, 0, 1, 64));
}

TEST(Letterbox, fills_planes_in_the_order_red_green_blue)
{
    cv::Mat const bgr(4, 6, CV_8UC3, cv::Scalar(255, 51, 0));
    std::vector<float> planes(3 * 24, -1);
    Letterbox(bgr.size(), {6, 4}).fill(bgr, planes);
    for (std::size_t i = 0; i < 24; ++i) {
        EXPECT_FLOAT_EQ(planes[i], 0);
        EXPECT_FLOAT_EQ(planes[24 + i], 0.2F);
        EXPECT_FLOAT_EQ(planes[48 + i], 1);
    }
}

TEST(Letterbox, surrounds_the_image_with_gray)
{
    cv::Mat const bgr(2, 4, CV_8UC3, cv::Scalar(255, 255, 255));
    std::vector<float> planes(3 * 8 * 8, -1);
    Letterbox(bgr.size(), {8, 8}).fill(bgr, planes);
    for (std::size_t i = 0; i < planes.size(); ++i) {
        auto const row = i % 64 / 8;
        EXPECT_FLOAT_EQ(planes[i], row < 2 || row >= 6 ? gray : 1) << i;
    }
}

TEST(Letterbox, averages_all_pixels_of_an_image_that_it_shrinks)
{
    cv::Mat bgr(81, 121, CV_8UC3, cv::Scalar(0, 0, 0));
    for (int x = 0; x < bgr.cols; x += 4)
        bgr.col(x) = cv::Scalar(200, 200, 200); // every fourth column, fewer than are skipped
    std::vector<float> planes(3 * 12 * 8);
    Letterbox(bgr.size(), {12, 8}).fill(bgr, planes);
    for (auto const value : planes) EXPECT_NEAR(value * 255, 50, 20);
}

TEST(Letterbox, fills_the_same_buffer_again_without_leftovers)
{
    std::vector<float> planes(3 * 8 * 8);
    cv::Mat const wide(2, 4, CV_8UC3, cv::Scalar(255, 255, 255)), tall(4, 2, CV_8UC3, cv::Scalar(0, 0, 0));
    Letterbox(wide.size(), {8, 8}).fill(wide, planes);
    Letterbox(tall.size(), {8, 8}).fill(tall, planes);
    EXPECT_FLOAT_EQ(planes[4 * 8], gray);
    EXPECT_FLOAT_EQ(planes[4 * 8 + 4], 0);
}

TEST(Letterbox, refuses_another_image_than_it_was_made_for)
{
    std::vector<float> planes(3 * 64);
    EXPECT_THROW(Letterbox({4, 2}, {8, 8}).fill(cv::Mat(2, 5, CV_8UC3), planes), cv::Exception);
    EXPECT_THROW(Letterbox({4, 2}, {9, 8}).fill(cv::Mat(2, 4, CV_8UC3), planes), cv::Exception);
}

TEST(Letterbox, maps_the_whole_input_back_to_the_whole_image)
{
    for (cv::Size const image :
         {cv::Size(640, 480), cv::Size(1600, 1200), cv::Size(1920, 1080), cv::Size(333, 777), cv::Size(7, 3)}) {
        Letterbox const letterbox(image, {320, 256});
        cv::Rect const whole(0, 0, image.width, image.height);
        EXPECT_EQ(letterbox.to_image(letterbox.inner()), whole);
        EXPECT_EQ(letterbox.to_image({-1000, -1000, 3000, 3000}), whole);
    }
}

TEST(Letterbox, maps_a_box_back_to_pixels_of_the_image)
{
    Letterbox const letterbox({1280, 720}, {640, 640});
    EXPECT_EQ(letterbox.to_image({100, 240, 50, 25}), cv::Rect(200, 200, 100, 50));
}

TEST(Letterbox, drops_a_box_of_which_nothing_lies_in_the_image)
{
    Letterbox const letterbox({1280, 720}, {640, 640});
    EXPECT_FALSE(letterbox.to_image({100, 10, 50, 100}));
    EXPECT_FALSE(letterbox.to_image({640, 300, 50, 50}));
    EXPECT_FALSE(letterbox.to_image({100, 300, 0.01, 0.01}));
    EXPECT_FALSE(letterbox.to_image({100, 300, -20, 50}));
}

} // namespace
} // namespace learning_loop
