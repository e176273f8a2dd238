#include "learning_loop/annotator/segment/object_cutter.h"

#include "learning_loop/annotator/segment/impl/colors.h"
#include "learning_loop/annotator/segment/impl/edge.h"
#include "learning_loop/annotator/segment/impl/line_around.h"
#include "learning_loop/annotator/segment/impl/region.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

constexpr double max_cut_pixels = 150 * 150; ///< What GrabCut takes grows faster than this.
constexpr double max_edge_pixels = 600 * 600;
constexpr int stroke_width_px = 3;
constexpr std::uint8_t of_object = 1, of_ground = 2;

/// The box, and around it what shows how the ground looks.
cv::Rect with_margin(cv::Rect box)
{
    constexpr int min_margin_px = 6;
    auto const margin = std::max(min_margin_px, std::max(box.width, box.height) * 3 / 20);
    return {box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin};
}

cv::Rect whole_box(ObjectHints const& hints)
{
    auto box = hints.box;
    for (auto const& stroke : hints.strokes)
        if (stroke.on_object && !stroke.points.empty()) box |= cv::boundingRect(stroke.points);
    return box;
}

/// For GrabCut: what is known; the rest of the box may be the object.
cv::Mat known(Region const& region, cv::Rect box, ObjectHints const& hints)
{
    cv::Mat labels(region.size(), CV_8U, cv::Scalar::all(cv::GC_BGD));
    labels(region.inner(box)) = cv::GC_PR_FGD;
    for (auto const& stroke : hints.strokes)
        region.draw(stroke, labels, stroke.on_object ? cv::GC_FGD : cv::GC_BGD, stroke_width_px);
    return labels;
}

/// The ground: what is known of it, or at the image's borders what lies along the edge of the region.
cv::Mat ground(cv::Mat const& labels)
{
    constexpr double enough = 0.02;
    cv::Mat known = labels == cv::GC_BGD;
    if (cv::countNonZero(known) >= enough * static_cast<double>(labels.total())) return known;
    cv::rectangle(known, {{}, labels.size()}, cv::Scalar::all(255), 2);
    known.setTo(0, labels == cv::GC_FGD);
    return known;
}

/// Around the box, where no stroke is; 8 bit.
cv::Mat surroundings(Region const& region, cv::Rect box, ObjectHints const& hints)
{
    cv::Mat mask(region.size(), CV_8U, cv::Scalar::all(255));
    mask(region.inner(box)) = 0;
    for (auto const& stroke : hints.strokes) region.draw(stroke, mask, 0, stroke_width_px);
    return mask;
}

/// Parts what may be the object by Otsu's threshold of how much its colours differ from the ground's: GrabCut keeps
/// shadows of its own accord. What looks like the object outside of its box is no ground: the tip of a leaf that the
/// box cuts off, or another plant. As ground, it would take the whole object with it.
void guess(cv::Mat& labels, cv::Mat const& colors, cv::Mat const& surroundings)
{
    auto const outside = statistics_of(colors, ground(labels));
    auto const object = statistics_of(colors, labels == cv::GC_FGD);
    auto const score = object.pixels > 0 ? between(colors, outside, object) : distances(colors, outside);
    cv::Mat bytes, parted;
    cv::normalize(score, bytes, 0, 255, cv::NORM_MINMAX, CV_8U);
    cv::threshold(bytes, parted, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
    labels.setTo(cv::GC_PR_FGD, ~parted & surroundings);
    labels.setTo(cv::GC_PR_BGD, parted & (labels == cv::GC_PR_FGD));
}

cv::Mat object_of(cv::Mat const& labels)
{
    return (labels & 1) != 0; // GC_FGD or GC_PR_FGD
}

/// 8 bit, 0 or 255.
cv::Mat cut_coarsely(Region const& region, cv::Rect box, ObjectHints const& hints)
{
    constexpr int min_pixels = 16; // of the object and of the ground, of which GrabCut makes five colours each
    auto labels = known(region, box, hints);
    auto const colors = shadeless_colors(region.bgr());
    guess(labels, colors, surroundings(region, box, hints));
    auto const pixels = cv::countNonZero(object_of(labels));
    if (pixels < min_pixels || labels.total() - static_cast<std::size_t>(pixels) < min_pixels) return object_of(labels);
    cv::Mat ground_model, object_model;
    cv::theRNG().state = 1; // it is random where GrabCut's colours begin
    cv::grabCut(as_bytes(colors), labels, {}, ground_model, object_model, 1, cv::GC_INIT_WITH_MASK);
    return object_of(labels);
}

/// The pieces that strokes are drawn over, and those as large as a leaf; 8 bit, 0 or 255.
cv::Mat without_crumbs(cv::Mat const& mask, cv::Mat const& strokes)
{
    constexpr double crumb_share = 0.03; // of the largest piece
    cv::Mat pieces, figures, centres;
    auto const count = cv::connectedComponentsWithStats(mask, pieces, figures, centres);
    int largest = 0;
    for (int i = 1; i < count; ++i) largest = std::max(largest, figures.at<int>(i, cv::CC_STAT_AREA));
    std::vector<std::uint8_t> kept(static_cast<std::size_t>(count), 0);
    auto const kept_at = [&](int y, int x) -> std::uint8_t& {
        return kept[static_cast<std::size_t>(pieces.at<int>(y, x))];
    };
    for (int i = 1; i < count; ++i) {
        if (figures.at<int>(i, cv::CC_STAT_AREA) >= crumb_share * largest) kept[static_cast<std::size_t>(i)] = 255;
    }
    cv::Mat found = cv::Mat::zeros(mask.size(), CV_8U);
    for (int y = 0; y < mask.rows; ++y) {
        for (int x = 0; x < mask.cols; ++x)
            if (strokes.at<std::uint8_t>(y, x) == of_object) kept_at(y, x) = 255;
    }
    kept[0] = 0;
    for (int y = 0; y < mask.rows; ++y) {
        for (int x = 0; x < mask.cols; ++x) found.at<std::uint8_t>(y, x) = kept_at(y, x);
    }
    return found;
}

/// Of the region's size; 8 bit, 0 or 255.
cv::Mat cut(Region const& region, cv::Rect box, ObjectHints const& hints)
{
    auto const coarse = region.shrunk(max_cut_pixels);
    auto mask = refined(cut_coarsely(coarse, box, hints), region.bgr());
    cv::Mat strokes = cv::Mat::zeros(region.size(), CV_8U);
    for (auto const& stroke : hints.strokes)
        region.draw(stroke, strokes, stroke.on_object ? of_object : of_ground, stroke_width_px);
    mask.setTo(255, strokes == of_object);
    mask.setTo(0, strokes == of_ground);
    cv::Mat inside = cv::Mat::zeros(region.size(), CV_8U);
    auto const inner = region.inner(box);
    mask(inner).copyTo(inside(inner));
    return without_crumbs(inside, strokes);
}

/// In as few points as `epsilon` allows, in pixels of the line.
std::vector<cv::Point> simplified(std::vector<cv::Point> const& line, double epsilon)
{
    constexpr double growth = 1.5;
    std::vector<cv::Point> fewer;
    cv::approxPolyDP(line, fewer, epsilon, true);
    for (auto wider = std::max(epsilon, 1.0); fewer.size() > max_outline_points; wider *= growth)
        cv::approxPolyDP(line, fewer, wider, true);
    return fewer;
}

} // namespace

std::vector<cv::Point> cut_object(cv::Mat const& bgr, ObjectHints const& hints, double epsilon_px)
{
    constexpr double max_epsilon_px = 100;
    cv::Rect const image({}, bgr.size());
    auto const box = whole_box(hints) & image;
    if (box.empty()) return {};
    Region const region(bgr, with_margin(box) & image, max_edge_pixels);
    auto const epsilon = std::clamp(std::isfinite(epsilon_px) ? epsilon_px : 0, 0.0, max_epsilon_px);
    auto line = line_around(cut(region, box, hints));
    if (!line.empty()) line = simplified(line, epsilon * region.scale());
    if (line.size() < 3 || cv::contourArea(line) == 0) return {};
    for (auto& point : line) point = region.outer(point);
    return line;
}

} // namespace learning_loop
