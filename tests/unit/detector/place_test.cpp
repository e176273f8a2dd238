#include "learning_loop/detector/place.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace learning_loop {
namespace {

constexpr int least = std::numeric_limits<int>::min(), most = std::numeric_limits<int>::max();
constexpr double endless = std::numeric_limits<double>::infinity(),
                 no_number = std::numeric_limits<double>::quiet_NaN();

bool is_found(Place const& place, std::vector<std::size_t> const& cells)
{
    return std::find(cells.begin(), cells.end(), cell_of(place)) != cells.end();
}

/// Any of the lengths from 1 to 2^bits, small ones as often as large ones.
int some_length(std::mt19937& random, unsigned bits)
{
    return static_cast<int>(1 + random() % (1U << random() % (bits + 1)));
}

int some_coordinate(std::mt19937& random, int end)
{
    return static_cast<int>(random() % static_cast<unsigned>(2 * end)) - end;
}

TEST(Place, boxes_are_similar_if_they_overlap_by_half)
{
    Place const box = BoxPlace{0, 0, 100, 100};
    EXPECT_TRUE(is_similar(box, box));
    EXPECT_TRUE(is_similar(box, BoxPlace{0, 50, 100, 50})); // 50 of 100
    EXPECT_FALSE(is_similar(box, BoxPlace{0, 51, 100, 49}));
    EXPECT_TRUE(is_similar(box, BoxPlace{0, 0, 100, 200})); // 100 of 200
    EXPECT_FALSE(is_similar(box, BoxPlace{0, 0, 100, 201}));
    EXPECT_FALSE(is_similar(box, BoxPlace{100, 0, 100, 100})); // side by side
}

TEST(Place, points_are_similar_if_nearer_than_ten_pixels)
{
    Place const point = Point{-5, 3};
    EXPECT_TRUE(is_similar(point, Point{4.9, 3}));
    EXPECT_FALSE(is_similar(point, Point{5, 3}));
    EXPECT_TRUE(is_similar(point, Point{2, 10}));
    EXPECT_FALSE(is_similar(point, Point{3, 9}));
}

TEST(Place, a_box_and_a_point_are_never_similar)
{
    EXPECT_FALSE(is_similar(BoxPlace{0, 0, 4, 4}, Point{2, 2}));
    EXPECT_FALSE(is_similar(Point{2, 2}, BoxPlace{0, 0, 4, 4}));
}

TEST(Place, what_has_no_area_or_no_place_has_no_similar)
{
    EXPECT_TRUE(has_similar(BoxPlace{0, 0, 1, 1}));
    EXPECT_FALSE(has_similar(BoxPlace{5, 5, 0, 10}));
    EXPECT_FALSE(has_similar(BoxPlace{5, 5, 10, 0}));
    EXPECT_FALSE(has_similar(BoxPlace{5, 5, -10, -10}));
    EXPECT_FALSE(has_similar(BoxPlace{least, least, least, least}));
    EXPECT_TRUE(has_similar(Point{0, 0}));
    EXPECT_FALSE(has_similar(Point{endless, 0}));
    EXPECT_FALSE(has_similar(Point{0, -endless}));
    EXPECT_FALSE(has_similar(Point{no_number, 0}));
}

TEST(Place, stands_the_largest_boxes)
{
    BoxPlace const box{most, least, most, most};
    EXPECT_TRUE(is_similar(box, box));
    EXPECT_TRUE(is_similar(box, BoxPlace{most, least, most, most / 2 + 1}));
    EXPECT_FALSE(is_similar(box, BoxPlace{most, least, most, most / 2}));
    EXPECT_FALSE(is_similar(box, BoxPlace{0, 0, most, most}));
    EXPECT_TRUE(is_found(box, cells_near(box)));
    EXPECT_TRUE(is_found(BoxPlace{most, least, most, most / 2 + 1}, cells_near(box)));
}

TEST(Place, finds_similar_boxes_of_every_length_and_shift)
{
    for (int length = 1; length <= 34; ++length) {
        for (int const start : {-1000, -7, 0, 13, 1 << 20}) {
            auto const cells = cells_near(BoxPlace{start, start, length, length});
            for (int other = length / 2; other <= 2 * length; ++other) {
                for (int shift = -2 * length; shift <= 2 * length; ++shift) {
                    BoxPlace const wide{start + shift, start, other, length}, high{start, start + shift, length, other};
                    if (!is_similar(BoxPlace{start, start, length, length}, wide)) continue;
                    ASSERT_TRUE(is_found(wide, cells)) << start << ' ' << length << ' ' << shift << ' ' << other;
                    ASSERT_TRUE(is_found(high, cells)) << start << ' ' << length << ' ' << shift << ' ' << other;
                }
            }
        }
    }
}

TEST(Place, finds_every_similar_box_in_the_cells_nearby)
{
    std::mt19937 random(1);
    int similar = 0;
    for (int i = 0; i < 100'000; ++i) {
        int const width = some_length(random, 12), height = some_length(random, 12);
        BoxPlace const box{some_coordinate(random, 5000), some_coordinate(random, 5000), width, height};
        BoxPlace const other{
            box.x + some_coordinate(random, (width + 1) / 2), box.y + some_coordinate(random, (height + 1) / 2),
            width + some_coordinate(random, (width + 1) / 2), height + some_coordinate(random, (height + 1) / 2)};
        if (!is_similar(box, other)) continue;
        ++similar;
        ASSERT_TRUE(is_found(other, cells_near(box)))
            << width << 'x' << height << ' ' << other.width << 'x' << other.height;
        ASSERT_TRUE(is_found(box, cells_near(other)))
            << width << 'x' << height << ' ' << other.width << 'x' << other.height;
    }
    EXPECT_GT(similar, 10'000);
}

TEST(Place, finds_every_similar_point_in_the_cells_nearby)
{
    std::mt19937 random(2);
    std::uniform_real_distribution<double> shift(-10, 10), exponent(-3, 20);
    int similar = 0;
    for (int i = 0; i < 100'000; ++i) {
        Point const point{std::pow(10, exponent(random)), -std::pow(10, exponent(random))};
        Point const other{point.x + shift(random), point.y + shift(random)};
        if (!is_similar(point, other)) continue;
        ++similar;
        ASSERT_TRUE(is_found(other, cells_near(point)))
            << point.x << ' ' << point.y << ' ' << other.x << ' ' << other.y;
    }
    EXPECT_GT(similar, 10'000);
}

TEST(Place, finds_points_on_both_sides_of_zero)
{
    EXPECT_TRUE(is_found(Point{-0.0, 0.0}, cells_near(Point{0.0, -0.0})));
    EXPECT_TRUE(is_found(Point{-4, -4}, cells_near(Point{2, 2})));
}

TEST(Place, has_few_cells_nearby_whatever_its_size)
{
    std::mt19937 random(3);
    for (int i = 0; i < 10'000; ++i) {
        BoxPlace const box{some_coordinate(random, most / 2), some_coordinate(random, most / 2),
                           some_length(random, 30), some_length(random, 30)};
        ASSERT_LE(cells_near(box).size(), 36U) << box.width << 'x' << box.height;
    }
    EXPECT_EQ(cells_near(Point{1e300, -1e300}).size(), 9U);
}

TEST(Place, lies_in_another_cell_when_far_away)
{
    auto const cells = cells_near(BoxPlace{0, 0, 100, 100});
    EXPECT_FALSE(is_found(BoxPlace{600, 0, 100, 100}, cells));
    EXPECT_FALSE(is_found(BoxPlace{0, -600, 100, 100}, cells));
    EXPECT_FALSE(is_found(BoxPlace{0, 0, 100, 1000}, cells));
    EXPECT_FALSE(is_found(Point{60, 0}, cells_near(Point{0, 0})));
}

} // namespace
} // namespace learning_loop
