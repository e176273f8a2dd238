#include "learning_loop/scene/outline.h"

#include "learning_loop/scene/random.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include <string>

namespace learning_loop {
namespace {

/// `#` is a pixel of the mask.
cv::Mat mask_of(std::vector<std::string> const& rows)
{
    cv::Mat mask = cv::Mat::zeros(static_cast<int>(rows.size()), static_cast<int>(rows.at(0).size()), CV_8U);
    for (int y = 0; y < mask.rows; ++y) {
        for (int x = 0; x < mask.cols; ++x)
            if (rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == '#')
                mask.at<std::uint8_t>(y, x) = 255;
    }
    return mask;
}

cv::Mat filled_again(cv::Mat const& mask)
{
    cv::Mat filled = cv::Mat::zeros(mask.size(), CV_8U);
    auto const outline = outline_of(mask, {});
    if (!outline.empty()) cv::fillPoly(filled, std::vector{outline}, cv::Scalar::all(255));
    return filled;
}

bool is_same(cv::Mat const& a, cv::Mat const& b)
{
    return cv::countNonZero(a != b) == 0;
}

/// A blot with holes, islands in them and whiskers, reaching the border here and there.
cv::Mat random_blot(std::uint64_t seed, double share)
{
    Random random(seed);
    cv::Mat noise(40, 50, CV_8U);
    for (int y = 0; y < noise.rows; ++y) {
        for (int x = 0; x < noise.cols; ++x) noise.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(random.next());
    }
    cv::GaussianBlur(noise, noise, {3, 3}, 0);
    return noise < 255 * share;
}

cv::Mat largest_piece(cv::Mat const& mask)
{
    cv::Mat labels, stats, centres;
    auto const count = cv::connectedComponentsWithStats(mask, labels, stats, centres, 8);
    int largest = 1;
    for (int i = 2; i < count; ++i) {
        if (stats.at<int>(i, cv::CC_STAT_AREA) > stats.at<int>(largest, cv::CC_STAT_AREA)) largest = i;
    }
    return labels == largest;
}

TEST(Outline, of_a_rectangle_is_its_corners_where_it_lies_in_the_picture)
{
    auto const outline = outline_of(mask_of({"....", ".###", ".###"}), {10, 20});
    ASSERT_EQ(outline.size(), 4U);
    EXPECT_EQ(cv::boundingRect(outline), cv::Rect(11, 21, 3, 2));
}

TEST(Outline, of_nothing_is_empty)
{
    EXPECT_TRUE(outline_of(cv::Mat::zeros(5, 5, CV_8U), {}).empty());
}

TEST(Outline, leaves_out_holes_and_keeps_islands_whiskers_and_the_border)
{
    for (auto const& rows : std::vector<std::vector<std::string>>{
             {"#####", "#...#", "#.#.#", "#...#", "#####"}, // an island is another piece: see below
             {"#####", "#.#.#", "#####", "#...#", "#####"},
             {"..#..", ".###.", "#.#.#", "..#.."},
             {"#....", ".#...", "..##.", ".#..#"}}) {
        auto const mask = largest_piece(mask_of(rows));
        EXPECT_TRUE(is_same(filled_again(mask), mask)) << rows[0] << "\n" << filled_again(mask);
    }
}

TEST(Outline, covers_exactly_the_pixels_of_whatever_is_in_one_piece)
{
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        auto const mask = largest_piece(random_blot(seed, seed % 2 == 0 ? 0.5 : 0.58));
        EXPECT_TRUE(is_same(filled_again(mask), mask)) << "seed " << seed;
    }
}

TEST(Outline, joins_pieces_by_threads_that_touch_little_else)
{
    auto const mask = mask_of({"##...##", "##...##", "......."});
    auto const filled = filled_again(mask);
    EXPECT_EQ(cv::countNonZero(filled), 8 + 3);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        auto const blot = random_blot(seed, 0.45);
        auto const again = filled_again(blot);
        EXPECT_TRUE(is_same(again & blot, blot)) << "seed " << seed;
        EXPECT_LT(cv::countNonZero(again), 1.3 * cv::countNonZero(blot)) << "seed " << seed;
    }
}

} // namespace
} // namespace learning_loop
