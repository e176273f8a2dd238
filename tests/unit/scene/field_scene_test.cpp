#include "learning_loop/scene/field_scene.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <future>
#include <set>
#include <stdexcept>
#include <vector>

namespace learning_loop {
namespace {

bool same_pixels(cv::Mat const& a, cv::Mat const& b)
{
    return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

bool same_plants(FieldScene const& a, FieldScene const& b)
{
    auto const equal = [](auto const& p, auto const& q) {
        return p.crop == q.crop && p.box == q.box && p.stem == q.stem;
    };
    return std::equal(a.plants.begin(), a.plants.end(), b.plants.begin(), b.plants.end(), equal);
}

/// In a plain scene the ground has one colour, so that what is seen of the plants can be found without the renderer's
/// help.
cv::Mat not_ground(FieldScene const& plain)
{
    cv::Mat channels[3];
    cv::split(plain.bgr, channels);
    return channels[1] > channels[2]; // soil is redder than green, leaves are greener than red
}

int pixels_in(cv::Mat const& mask, cv::Rect box)
{
    auto const inside = box & cv::Rect({}, mask.size());
    return inside.empty() ? 0 : cv::countNonZero(mask(inside));
}

FieldScene render(std::uint64_t seed)
{
    return render_field(seed, FieldStyle{});
}
FieldScene render_plain(std::uint64_t seed)
{
    return render_field(seed, FieldStyle{.plain = true});
}

TEST(FieldScene, is_the_same_for_the_same_seed)
{
    auto const once = render(7), again = render(7);
    EXPECT_TRUE(same_pixels(once.bgr, again.bgr));
    EXPECT_TRUE(same_plants(once, again));
}

TEST(FieldScene, differs_for_another_seed)
{
    EXPECT_FALSE(same_pixels(render(7).bgr, render(8).bgr));
    EXPECT_FALSE(same_pixels(render_plain(7).bgr, render_plain(8).bgr));
}

TEST(FieldScene, is_the_same_when_several_threads_render)
{
    std::vector<std::future<FieldScene>> scenes;
    for (int i = 0; i < 4; ++i) scenes.push_back(std::async(std::launch::async, render, std::uint64_t{3}));
    auto const alone = render(3);
    for (auto& scene : scenes) EXPECT_TRUE(same_pixels(alone.bgr, scene.get().bgr));
}

TEST(FieldScene, has_the_asked_size_and_eight_bit_colour)
{
    EXPECT_EQ(render(1).bgr.size(), cv::Size(640, 480));
    auto const large = render_field(1, FieldStyle{.size_px = {1600, 1200}});
    EXPECT_EQ(large.bgr.size(), cv::Size(1600, 1200));
    EXPECT_EQ(large.bgr.type(), CV_8UC3);
}

TEST(FieldScene, keeps_every_box_inside_the_image_and_not_empty)
{
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        auto const scene = render(seed);
        for (auto const& plant : scene.plants) {
            EXPECT_FALSE(plant.box.empty()) << "seed " << seed;
            EXPECT_EQ(plant.box & cv::Rect({}, scene.bgr.size()), plant.box) << "seed " << seed;
        }
    }
}

TEST(FieldScene, draws_its_boxes_tightly_around_what_is_seen)
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto const scene = render_plain(seed);
        auto const green = not_ground(scene);
        for (auto const& plant : scene.plants) {
            auto const& box = plant.box;
            EXPECT_GT(pixels_in(green, {box.x, box.y, box.width, 3}), 0) << "top, seed " << seed;
            EXPECT_GT(pixels_in(green, {box.x, box.y + box.height - 3, box.width, 3}), 0) << "bottom, seed " << seed;
            EXPECT_GT(pixels_in(green, {box.x, box.y, 3, box.height}), 0) << "left, seed " << seed;
            EXPECT_GT(pixels_in(green, {box.x + box.width - 3, box.y, 3, box.height}), 0) << "right, seed " << seed;
        }
    }
}

TEST(FieldScene, leaves_hardly_any_green_outside_the_boxes_of_a_plain_scene)
{
    int green_px = 0, outside_px = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto const scene = render_plain(seed);
        auto green = not_ground(scene);
        green_px += cv::countNonZero(green);
        for (auto const& plant : scene.plants) green(plant.box).setTo(0);
        outside_px += cv::countNonZero(green);
    }
    ASSERT_GT(green_px, 0);
    EXPECT_LT(outside_px, green_px / 50);
}

TEST(FieldScene, grows_the_common_crop_nearly_everywhere_and_the_rare_one_in_about_a_third)
{
    int with_common = 0, with_rare = 0;
    std::size_t plants = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        auto const scene = render(seed);
        auto const grows = [&](int crop) {
            return std::any_of(scene.plants.begin(), scene.plants.end(),
                               [crop](auto const& p) { return p.crop == crop; });
        };
        with_common += grows(0) ? 1 : 0;
        with_rare += grows(1) ? 1 : 0;
        plants += scene.plants.size();
    }
    EXPECT_GE(with_common, 50);
    EXPECT_GE(with_rare, 12);
    EXPECT_LE(with_rare, 32);
    EXPECT_GE(plants, 60U * 4);
    EXPECT_LE(plants, 60U * 6);
}

TEST(FieldScene, has_plants_that_the_border_cuts)
{
    int cut = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (auto const& plant : render(seed).plants) cut += plant.box.x == 0 || plant.box.y == 0 ? 1 : 0;
    }
    EXPECT_GT(cut, 0);
}

TEST(FieldScene, grows_as_many_kinds_as_asked_for)
{
    for (int crops = 1; crops <= 4; ++crops) {
        std::set<int> kinds;
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            for (auto const& plant : render_field(seed, FieldStyle{.crops = crops, .plain = true}).plants)
                kinds.insert(plant.crop);
        }
        EXPECT_EQ(kinds.size(), static_cast<std::size_t>(crops));
        EXPECT_EQ(*kinds.begin(), 0);
        EXPECT_EQ(*kinds.rbegin(), crops - 1);
    }
}

cv::Mat filled(std::vector<cv::Point> const& outline, cv::Size size)
{
    cv::Mat mask = cv::Mat::zeros(size, CV_8U);
    cv::fillPoly(mask, std::vector{outline}, cv::Scalar::all(255));
    return mask;
}

TEST(FieldScene, draws_the_same_whether_outlines_are_asked_for_or_not)
{
    for (bool const plain : {false, true}) {
        auto const without = render_field(3, FieldStyle{.plain = plain});
        auto const with = render_field(3, FieldStyle{.plain = plain, .outlines = true});
        EXPECT_TRUE(same_pixels(without.bgr, with.bgr));
        EXPECT_TRUE(same_plants(without, with));
        EXPECT_TRUE(without.plants.at(0).outline.empty());
        EXPECT_FALSE(with.plants.at(0).outline.empty());
    }
}

TEST(FieldScene, gives_each_plant_an_outline_of_exactly_its_pixels)
{
    int whole = 0, plants = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        auto const scene = render_field(seed, FieldStyle{.plain = seed % 2 == 0, .outlines = true});
        for (auto const& plant : scene.plants) {
            auto const mask = filled(plant.outline, scene.bgr.size());
            auto const surplus_px = cv::countNonZero(mask) - plant.area_px; // of threads between its pieces
            EXPECT_EQ(cv::boundingRect(mask), plant.box) << "seed " << seed;
            EXPECT_GE(surplus_px, 0) << "seed " << seed;
            EXPECT_LE(surplus_px, plant.area_px / 50) << "seed " << seed;
            whole += surplus_px == 0 ? 1 : 0;
            ++plants;
        }
    }
    EXPECT_GE(whole, plants * 8 / 10) << plants;
}

TEST(FieldScene, gives_no_pixel_to_two_plants)
{
    auto const scene = render_field(5, FieldStyle{.outlines = true});
    cv::Mat shared = cv::Mat::zeros(scene.bgr.size(), CV_8U);
    for (auto const& plant : scene.plants) shared += filled(plant.outline, scene.bgr.size()) / 255;
    double most = 0;
    cv::minMaxLoc(shared, nullptr, &most);
    EXPECT_EQ(most, 1);
}

TEST(FieldScene, refuses_a_style_out_of_its_limits)
{
    EXPECT_THROW(render_field(1, FieldStyle{.size_px = {63, 480}}), std::invalid_argument);
    EXPECT_THROW(render_field(1, FieldStyle{.crops = 0}), std::invalid_argument);
    EXPECT_THROW(render_field(1, FieldStyle{.crops = 5}), std::invalid_argument);
}

} // namespace
} // namespace learning_loop
