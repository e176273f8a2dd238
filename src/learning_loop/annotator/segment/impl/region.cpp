#include "learning_loop/annotator/segment/impl/region.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

cv::Size size_within(cv::Size size, double max_pixels)
{
    auto const scale = std::sqrt(max_pixels / size.area());
    if (scale >= 1) return size;
    auto const scaled = [=](int length) { return std::max(1, static_cast<int>(std::lround(length * scale))); };
    return {scaled(size.width), scaled(size.height)};
}

} // namespace

Region::Region(cv::Mat const& bgr, cv::Rect place, double max_pixels) : Region(place, bgr(place), max_pixels) {}

Region::Region(cv::Rect place, cv::Mat const& bgr, double max_pixels) : place_(place), bgr_(bgr)
{
    auto const size = size_within(bgr.size(), max_pixels);
    if (size == bgr.size()) return;
    cv::Mat smaller;
    cv::resize(bgr_, smaller, size, 0, 0, cv::INTER_AREA);
    bgr_ = smaller;
}

Region Region::shrunk(double max_pixels) const
{
    return {place_, bgr_, max_pixels};
}

cv::Point Region::inner(cv::Point pixel) const
{
    auto const scaled = [](double at, int from, int length, int width) {
        return static_cast<int>(std::floor((at - from + 0.5) * width / length));
    };
    return {scaled(pixel.x, place_.x, place_.width, bgr_.cols), scaled(pixel.y, place_.y, place_.height, bgr_.rows)};
}

cv::Rect Region::inner(cv::Rect box) const
{
    auto const last = inner(box.br() - cv::Point(1, 1));
    return cv::Rect(inner(box.tl()), last + cv::Point(1, 1)) & cv::Rect({}, size());
}

cv::Point Region::outer(cv::Point pixel) const
{
    auto const scaled = [](int at, int from, int length, int width) {
        return from + static_cast<int>(std::floor((at + 0.5) * length / width));
    };
    return {scaled(pixel.x, place_.x, place_.width, bgr_.cols), scaled(pixel.y, place_.y, place_.height, bgr_.rows)};
}

void Region::draw(Stroke const& stroke, cv::Mat& picture, int value, int width_px) const
{
    std::vector<cv::Point> line;
    for (auto const& point : stroke.points) line.push_back(inner(point));
    if (line.size() == 1) line.push_back(line.front()); // a dot
    cv::polylines(picture, line, false, cv::Scalar::all(value), width_px);
}

} // namespace learning_loop
