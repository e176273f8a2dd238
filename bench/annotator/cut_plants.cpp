// Cuts rendered plants out of their pictures as a scripted person would, and prints a line for each cut; see `run`.
#include "learning_loop/annotator/segment/object_cutter.h"
#include "learning_loop/scene/field_scene.h"

#include <opencv2/imgproc.hpp>

#include <cmath>
#include <ctime>
#include <iostream>
#include <numbers>
#include <string>

using namespace learning_loop;

namespace {

using std::numbers::pi;
cv::Size const picture_px(1600, 1200);
constexpr double epsilon_px = 1;

double cpu_ms()
{
    return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

cv::Mat filled(std::vector<cv::Point> const& outline)
{
    cv::Mat mask = cv::Mat::zeros(picture_px, CV_8U);
    if (!outline.empty()) cv::fillPoly(mask, std::vector{outline}, cv::Scalar::all(255));
    return mask;
}

double overlap(cv::Mat const& a, cv::Mat const& b)
{
    return 1.0 * cv::countNonZero(a & b) / cv::countNonZero(a | b);
}

cv::Mat depths(cv::Mat const& mask)
{
    cv::Mat padded, depth;
    cv::copyMakeBorder(mask, padded, 1, 1, 1, 1, cv::BORDER_CONSTANT, 0);
    cv::distanceTransform(padded, depth, cv::DIST_L2, 3);
    return depth(cv::Rect(1, 1, mask.cols, mask.rows)).clone();
}

bool lies_in(cv::Mat const& mask, cv::Point from, cv::Point to)
{
    cv::LineIterator at(mask, from, to);
    for (int i = 0; i < at.count; ++i, ++at)
        if (**at == 0) return false;
    return true;
}

/// From where a mask is widest, always on to the deepest place in reach, as a person draws along a leaf.
std::vector<cv::Point> stroke_in(cv::Mat const& mask, cv::Point origin)
{
    constexpr int steps = 8, directions = 32;
    auto depth = depths(mask);
    cv::Point at;
    cv::minMaxLoc(depth, nullptr, nullptr, nullptr, &at);
    std::vector<cv::Point> stroke{at + origin};
    auto const step = std::max(3.0, std::max(mask.cols, mask.rows) / 12.0);
    for (int i = 0; i < steps; ++i) {
        cv::circle(depth, at, static_cast<int>(step * 0.9), cv::Scalar::all(0), cv::FILLED); // not back
        cv::Point best = at;
        for (int d = 0; d < directions; ++d) {
            auto const angle = 2 * pi * d / directions;
            auto const next = at + cv::Point(cv::Point2d(std::cos(angle), std::sin(angle)) * step);
            if (!cv::Rect({}, mask.size()).contains(next) || !lies_in(mask, at, next)) continue;
            if (depth.at<float>(next) > depth.at<float>(best)) best = next;
        }
        if (best == at) break;
        at = best;
        stroke.push_back(at + origin);
    }
    return stroke;
}

/// The box that a person drags around a plant, and the two strokes.
ObjectHints hints_for(cv::Mat const& plant, cv::Rect tight)
{
    constexpr int slack_px = 4;
    auto const box = cv::Rect(tight.tl() - cv::Point(slack_px, slack_px), tight.br() + cv::Point(slack_px, slack_px)) &
                     cv::Rect({}, picture_px);
    return {box, {{stroke_in(plant(box), box.tl()), true}, {stroke_in(~plant(box), box.tl()), false}}};
}

std::vector<cv::Point> cut_timed(cv::Mat const& bgr, ObjectHints const& hints, std::string const& name)
{
    auto const before = cpu_ms();
    auto outline = cut_object(bgr, hints, epsilon_px);
    std::cout << name << " " << cpu_ms() - before << "\n";
    return outline;
}

void cut_plant(cv::Mat const& bgr, FieldScene::Plant const& plant)
{
    auto const mask = filled(plant.outline);
    auto const hints = hints_for(mask, plant.box);
    std::string shares;
    for (std::size_t strokes = 0; strokes <= hints.strokes.size(); ++strokes) {
        auto some = hints;
        some.strokes.resize(strokes);
        shares += " " + std::to_string(overlap(filled(cut_timed(bgr, some, "cut_ms")), mask));
    }
    std::cout << "plant" << shares << "\n";
}

/// The dearest boxes: the whole picture, and what is all edge.
void cut_whole_pictures(cv::Mat const& bgr)
{
    cv::Size const large_px(8160, 6120); // 50 megapixels
    cv::Mat large, noise(picture_px / 10, CV_8UC3);
    cv::resize(bgr, large, large_px);
    cv::RNG(1).fill(noise, cv::RNG::UNIFORM, 0, 255);
    cv::resize(noise, noise, picture_px, 0, 0, cv::INTER_NEAREST); // as it is where the picture is made smaller
    cut_timed(bgr, {{{}, picture_px}, {}}, "whole_ms");
    cut_timed(large, {{{}, large_px}, {}}, "large_ms");
    cut_timed(noise, {{{}, picture_px}, {}}, "noise_ms");
}

} // namespace

int main(int count, char** values)
{
    if (count != 3) {
        std::cerr << "usage: bench_cut_plants <plants> <threads of OpenCV>\n";
        return 2;
    }
    constexpr int plants_of_a_picture = 4;
    cv::setNumThreads(std::stoi(values[2]));
    auto left = std::stoi(values[1]);
    for (std::uint64_t seed = 1; left > 0; ++seed) {
        auto const scene = render_field(seed, {.size_px = picture_px, .crops = 4, .outlines = true});
        if (seed <= 3) cut_whole_pictures(scene.bgr);
        for (std::size_t i = 0; i < scene.plants.size() && i < plants_of_a_picture && left > 0; ++i, --left)
            cut_plant(scene.bgr, scene.plants[i]);
    }
}
