#include "learning_loop/annotator/segment/impl/line_around.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace learning_loop {
namespace {

using Line = std::vector<cv::Point>;

/// The way between two lines. Of long ones, not each point is tried.
std::pair<cv::Point, cv::Point> shortest_way(Line const& a, Line const& b)
{
    constexpr std::size_t max_tried = 300;
    auto const step = [](Line const& line) { return 1 + line.size() / max_tried; };
    std::pair<cv::Point, cv::Point> best;
    int shortest = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < a.size(); i += step(a)) {
        for (std::size_t k = 0; k < b.size(); k += step(b)) {
            auto const apart = a[i] - b[k];
            auto const length = apart.dot(apart);
            if (length < shortest) shortest = length, best = {a[i], b[k]};
        }
    }
    return best;
}

/// Joins each piece to the nearest of those that are joined to the largest.
void join_pieces(cv::Mat& mask)
{
    std::vector<Line> pieces;
    cv::findContours(mask, pieces, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    if (pieces.size() < 2) return;
    std::ranges::sort(pieces, std::greater(), [](Line const& line) { return cv::contourArea(line); });
    auto joined = pieces.front();
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        auto const [from, to] = shortest_way(joined, pieces[i]);
        cv::line(mask, from, to, cv::Scalar::all(255));
        joined.insert(joined.end(), pieces[i].begin(), pieces[i].end());
    }
}

/// Fills the small holes, and opens the others to what lies around the object.
void open_holes(cv::Mat& mask)
{
    constexpr double small_share = 0.0005; // of the object
    std::vector<Line> lines;
    std::vector<cv::Vec4i> order; // next, previous, first hole, the one it is a hole of
    cv::findContours(mask, lines, order, cv::RETR_CCOMP, cv::CHAIN_APPROX_NONE);
    auto const pixels = cv::countNonZero(mask);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto const around = order[i][3];
        if (around < 0) continue;
        if (cv::contourArea(lines[i]) < small_share * pixels) {
            cv::drawContours(mask, lines, static_cast<int>(i), cv::Scalar::all(255), cv::FILLED);
        } else {
            auto const [from, to] = shortest_way(lines[static_cast<std::size_t>(around)], lines[i]);
            cv::line(mask, from, to, cv::Scalar::all(0), 1, cv::LINE_4); // no diagonal steps, which would leak
        }
    }
}

} // namespace

std::vector<cv::Point> line_around(cv::Mat const& mask)
{
    auto joined = mask.clone();
    join_pieces(joined);
    open_holes(joined);
    std::vector<Line> lines;
    cv::findContours(joined, lines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    if (lines.empty()) return {};
    return *std::ranges::max_element(lines, {}, [](Line const& line) { return line.size(); });
}

} // namespace learning_loop
