#include "learning_loop/annotator/segment/object_cutter.h"

#include "unit/annotator/segment/painted_field.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace learning_loop {
namespace {

constexpr double epsilon_px = 1;

bool covers(std::vector<cv::Point> const& outline, cv::Point at, cv::Size size)
{
    return filled(outline, size).at<std::uint8_t>(at) != 0;
}

TEST(ObjectCutter, finds_in_its_box_what_differs_from_the_ground_around)
{
    auto const field = paint_disks({400, 300}, {{200, 150}}, 50);
    EXPECT_GT(overlap(cut_object(field.bgr, {{140, 90, 120, 120}, {}}, epsilon_px), field.object), 0.95);
}

TEST(ObjectCutter, finds_what_is_in_a_box_that_cuts_off_the_tips_of_the_object)
{
    auto const field = paint_star({400, 300}, {200, 150}, 30);
    cv::Rect const box(176, 126, 48, 48); // the star is as wide as 60
    cv::Mat inside = cv::Mat::zeros(field.object.size(), CV_8U);
    field.object(box).copyTo(inside(box));
    EXPECT_GT(overlap(cut_object(field.bgr, {box, {}}, epsilon_px), inside), 0.8);
}

TEST(ObjectCutter, leaves_out_the_shadow_of_the_object)
{
    auto field = paint_disks({400, 300}, {{200, 150}}, 40);
    cv::Mat shaded = field.bgr * 0.4, shadow = cv::Mat::zeros(field.bgr.size(), CV_8U);
    cv::circle(shadow, {225, 175}, 40, cv::Scalar::all(255), cv::FILLED);
    shaded.copyTo(field.bgr, shadow & ~field.object);
    EXPECT_GT(overlap(cut_object(field.bgr, {{150, 100, 125, 125}, {}}, epsilon_px), field.object), 0.9);
}

TEST(ObjectCutter, finds_an_object_without_colours_by_its_brightness)
{
    auto field = paint_disks({400, 300}, {{200, 150}}, 50);
    field.bgr.setTo(cv::Scalar::all(160));
    field.bgr.setTo(cv::Scalar::all(60), field.object);
    add_noise(field.bgr, 5);
    EXPECT_GT(overlap(cut_object(field.bgr, {{140, 90, 120, 120}, {}}, epsilon_px), field.object), 0.95);
}

TEST(ObjectCutter, takes_in_what_a_stroke_names_and_all_that_looks_like_it)
{
    auto field = paint_disks({400, 300}, {{170, 150}, {250, 150}}, 35);
    cv::rectangle(field.bgr, {160, 60, 80, 25}, cv::Scalar(40, 40, 200), cv::FILLED); // far more colourful
    ObjectHints hints{{130, 55, 160, 135}, {{{{160, 140}, {180, 160}}, true}}};
    auto const outline = cut_object(field.bgr, hints, epsilon_px);
    EXPECT_TRUE(covers(outline, {250, 150}, field.bgr.size()));
    hints.strokes.push_back({{{170, 72}, {230, 72}}, false});
    EXPECT_GT(overlap(cut_object(field.bgr, hints, epsilon_px), field.object), 0.9);
}

TEST(ObjectCutter, rescues_by_a_stroke_an_object_that_hardly_differs_from_the_ground)
{
    auto field = paint_disks({400, 300}, {{200, 150}}, 50);
    field.bgr.setTo(cv::Scalar(20, 24, 26));
    field.bgr.setTo(cv::Scalar(20, 27, 23), field.object);
    add_noise(field.bgr, 3);
    ObjectHints const hints{{140, 90, 120, 120}, {{{{175, 150}, {225, 150}, {200, 175}}, true}}};
    EXPECT_GT(overlap(cut_object(field.bgr, hints, epsilon_px), field.object), 0.7);
}

TEST(ObjectCutter, keeps_strokes_over_the_object_inside_and_others_outside_whatever_is_there)
{
    auto const field = paint_disks({400, 300}, {{200, 150}}, 50);
    ObjectHints const hints{{140, 90, 120, 120}, {{{{145, 95}, {165, 95}}, true}, {{{180, 150}, {220, 150}}, false}}};
    auto const outline = cut_object(field.bgr, hints, 0);
    EXPECT_TRUE(covers(outline, {155, 95}, field.bgr.size()));
    EXPECT_FALSE(covers(outline, {200, 150}, field.bgr.size()));
}

TEST(ObjectCutter, takes_a_stroke_over_the_object_beyond_the_box_for_a_larger_box)
{
    auto const field = paint_disks({400, 300}, {{120, 150}, {280, 150}}, 40);
    ObjectHints hints{{70, 100, 100, 100}, {}};
    EXPECT_LT(overlap(cut_object(field.bgr, hints, epsilon_px), field.object), 0.6);
    hints.strokes.push_back({{{120, 150}, {325, 110}, {325, 195}}, true});
    EXPECT_GT(overlap(cut_object(field.bgr, hints, epsilon_px), field.object), 0.7);
}

TEST(ObjectCutter, joins_what_is_in_pieces_by_threads)
{
    auto const field = paint_disks({400, 300}, {{130, 150}, {200, 150}, {270, 150}}, 25);
    EXPECT_GT(overlap(cut_object(field.bgr, {{95, 115, 210, 70}, {}}, epsilon_px), field.object), 0.95);
}

TEST(ObjectCutter, leaves_the_large_hole_of_a_ring_open)
{
    auto field = paint_disks({400, 300}, {{200, 150}}, 60);
    cv::Mat hole = cv::Mat::zeros(field.bgr.size(), CV_8U);
    cv::circle(hole, {200, 150}, 30, cv::Scalar::all(255), cv::FILLED);
    field.bgr.setTo(brown, hole);
    field.object.setTo(0, hole);
    EXPECT_GT(overlap(cut_object(field.bgr, {{130, 80, 140, 140}, {}}, epsilon_px), field.object), 0.93);
}

TEST(ObjectCutter, follows_the_edge_of_a_large_object_to_about_a_pixel)
{
    auto const field = paint_disks({1600, 1200}, {{800, 600}}, 250);
    auto const outline = cut_object(field.bgr, {{540, 340, 520, 520}, {}}, epsilon_px);
    for (auto const& at : outline) EXPECT_NEAR(std::hypot(at.x - 800, at.y - 600), 250, 4) << at;
    EXPECT_GT(overlap(outline, field.object), 0.985);
}

TEST(ObjectCutter, stays_within_the_image_and_the_box_where_the_object_goes_on)
{
    auto const field = paint_disks({400, 300}, {{0, 0}, {200, 150}}, 50);
    auto const corner = cut_object(field.bgr, {{-20, -20, 80, 80}, {}}, epsilon_px);
    EXPECT_GT(overlap(corner, field.object(cv::Rect(0, 0, 100, 100))), 0.9);
    cv::Rect const box(140, 90, 60, 120);
    EXPECT_EQ(cv::boundingRect(cut_object(field.bgr, {box, {}}, epsilon_px)) | box, box);
}

TEST(ObjectCutter, finds_the_object_in_a_box_as_large_as_the_image)
{
    auto const field = paint_disks({400, 300}, {{200, 150}}, 70);
    EXPECT_GT(overlap(cut_object(field.bgr, {{-5, -5, 500, 400}, {}}, epsilon_px), field.object), 0.9);
}

TEST(ObjectCutter, finds_the_same_for_the_same_hints)
{
    auto field = paint_disks({400, 300}, {{200, 150}}, 50);
    add_noise(field.bgr, 60); // so that it matters where GrabCut's colours begin
    ObjectHints const hints{{140, 90, 120, 120}, {}};
    auto const once = cut_object(field.bgr, hints, epsilon_px);
    for (unsigned state = 1; state <= 5; ++state) {
        cv::theRNG().state = 12345 * state;
        EXPECT_EQ(cut_object(field.bgr, hints, epsilon_px), once);
    }
}

TEST(ObjectCutter, leaves_out_the_more_points_the_further_the_line_may_be_from_them)
{
    auto const field = paint_disks({400, 300}, {{200, 150}}, 50);
    auto const points = [&](double epsilon) {
        return cut_object(field.bgr, {{140, 90, 120, 120}, {}}, epsilon).size();
    };
    EXPECT_GT(points(0), points(1));
    EXPECT_GT(points(1), points(8));
    EXPECT_EQ(points(-3), points(0));
    EXPECT_EQ(points(std::numeric_limits<double>::quiet_NaN()), points(0));
    EXPECT_EQ(points(std::numeric_limits<double>::infinity()), points(0));
}

TEST(ObjectCutter, bounds_the_points_of_an_object_that_is_all_edge)
{
    PaintedField field{cv::Mat(900, 900, CV_8UC3, brown), {}};
    for (int x = 60; x < 840; x += 12) cv::rectangle(field.bgr, {x, 60, 6, 780}, green, cv::FILLED);
    cv::rectangle(field.bgr, {60, 440, 780, 20}, green, cv::FILLED);
    for (int y = 60; y < 840; y += 9) cv::line(field.bgr, {60, y}, {840, y}, green, 1);
    auto const outline = cut_object(field.bgr, {{50, 50, 800, 800}, {}}, 0);
    EXPECT_GE(outline.size(), 3U);
    EXPECT_LE(outline.size(), max_outline_points);
}

TEST(ObjectCutter, finds_nothing_in_a_box_without_pixels_in_the_image)
{
    auto const field = paint_disks({400, 300}, {{200, 150}}, 50);
    for (cv::Rect const box : {cv::Rect(), cv::Rect(400, 0, 50, 50), cv::Rect(-50, 10, 50, 50), cv::Rect(5, 5, 0, 9)})
        EXPECT_TRUE(cut_object(field.bgr, {box, {}}, epsilon_px).empty()) << box;
}

TEST(ObjectCutter, finds_nothing_or_a_line_with_an_area_where_there_is_hardly_anything)
{
    for (cv::Size const size : {cv::Size(1, 1), cv::Size(2, 1), cv::Size(3, 3), cv::Size(2000, 1), cv::Size(5, 700)}) {
        for (auto const& strokes : std::vector<std::vector<Stroke>>{
                 {}, {{{{0, 0}}, true}}, {{{{0, 0}}, false}}, {{{{-9, -9}, {5000, 5000}}, true}}, {{{}, true}}}) {
            cv::Mat const flat(size, CV_8UC3, cv::Scalar(50, 60, 70));
            auto const outline = cut_object(flat, {{0, 0, 3000, 3000}, strokes}, epsilon_px);
            EXPECT_TRUE(outline.empty() || cv::contourArea(outline) > 0) << size;
            for (auto const& at : outline) EXPECT_TRUE(cv::Rect({}, size).contains(at)) << at << " of " << size;
        }
    }
}

TEST(ObjectCutter, lets_the_later_of_two_strokes_count_where_they_cross)
{
    auto const field = paint_disks({400, 300}, {{200, 150}}, 50);
    Stroke const across{{{170, 150}, {230, 150}}, false}, down{{{200, 120}, {200, 180}}, true};
    cv::Rect const box(140, 90, 120, 120);
    EXPECT_TRUE(covers(cut_object(field.bgr, {box, {across, down}}, 0), {200, 150}, field.bgr.size()));
    EXPECT_FALSE(covers(cut_object(field.bgr, {box, {down, across}}, 0), {200, 150}, field.bgr.size()));
}

} // namespace
} // namespace learning_loop
