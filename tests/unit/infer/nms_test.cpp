#include "learning_loop/infer/nms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace learning_loop {
namespace {

using Boxes = std::vector<BoxCandidate>;

TEST(Nms, keeps_the_best_of_those_that_overlap)
{
    BoxCandidate const weak{0, 0, 10, 10, 0.5F, 0}, strong{1, 0, 11, 10, 0.9F, 0}, apart{50, 50, 60, 60, 0.3F, 0};
    EXPECT_EQ(suppress_overlaps({weak, strong, apart}, 0.5), (Boxes{strong, apart}));
}

TEST(Nms, keeps_boxes_that_overlap_by_no_more_than_the_threshold)
{
    BoxCandidate const one{0, 0, 10, 10, 0.9F, 0}, half_of_it{0, 0, 10, 5, 0.8F, 0};
    EXPECT_EQ(suppress_overlaps({one, half_of_it}, 0.5).size(), 2U);
    EXPECT_EQ(suppress_overlaps({one, half_of_it}, 0.49).size(), 1U);
}

TEST(Nms, keeps_boxes_of_different_categories)
{
    BoxCandidate const one{0, 0, 10, 10, 0.9F, 0}, other{0, 0, 10, 10, 0.8F, 1};
    EXPECT_EQ(suppress_overlaps({one, other}, 0.5), (Boxes{one, other}));
}

TEST(Nms, does_not_suppress_through_a_box_that_was_suppressed_itself)
{
    BoxCandidate const first{0, 0, 10, 10, 0.9F, 0}, second{4, 0, 14, 10, 0.8F, 0}, third{8, 0, 18, 10, 0.7F, 0};
    EXPECT_EQ(suppress_overlaps({first, second, third}, 0.3), (Boxes{first, third}));
}

TEST(Nms, drops_boxes_that_are_no_boxes)
{
    constexpr float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    EXPECT_TRUE(suppress_overlaps({{nan, 0, 10, 10, 0.9F, 0},
                                   {0, 0, inf, 10, 0.9F, 0},
                                   {0, -inf, 10, 10, 0.9F, 0},
                                   {0, 0, 10, 10, nan, 0},
                                   {0, 0, 10, 10, inf, 0},
                                   {5, 0, 5, 10, 0.9F, 0},
                                   {9, 0, 5, 10, 0.9F, 0}},
                                  0.5)
                    .empty());
}

TEST(Nms, stands_the_largest_floats)
{
    constexpr float most = std::numeric_limits<float>::max();
    BoxCandidate const endless{-most, -most, most, most, 0.9F, 0}, same{-most, -most, most, most, 0.8F, 0};
    EXPECT_EQ(suppress_overlaps({endless, same}, 0.5), (Boxes{endless}));
}

TEST(Nms, answers_the_same_whatever_the_order)
{
    std::mt19937 random(3);
    Boxes boxes;
    for (int i = 0; i < 400; ++i) {
        auto const x = static_cast<float>(random() % 100), y = static_cast<float>(random() % 100);
        boxes.push_back({x, y, x + 30, y + 30, static_cast<float>(random() % 5) / 4, static_cast<int>(random() % 3)});
    }
    auto const expected = suppress_overlaps(boxes, 0.4, 150);
    for (int i = 0; i < 20; ++i) {
        std::shuffle(boxes.begin(), boxes.end(), random);
        EXPECT_EQ(suppress_overlaps(boxes, 0.4, 150), expected);
    }
}

TEST(Nms, looks_only_at_the_best_of_very_many)
{
    Boxes boxes;
    for (int i = 0; i < 25'200; ++i) {
        auto const x = static_cast<float>(i) * 20;
        boxes.push_back({x, 0, x + 10, 10, static_cast<float>(i), 0});
    }
    auto const kept = suppress_overlaps(boxes, 0.5, 1000);
    ASSERT_EQ(kept.size(), 1000U);
    EXPECT_EQ(kept.front().score, 25'199);
    EXPECT_EQ(kept.back().score, 24'200);
}

} // namespace
} // namespace learning_loop
