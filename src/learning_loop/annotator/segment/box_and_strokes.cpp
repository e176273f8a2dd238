#include "learning_loop/annotator/segment/box_and_strokes.h"

#include "learning_loop/annotator/segment/impl/svg.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <utility>

namespace learning_loop {
namespace {

constexpr auto outline_color = "#fe3", object_color = "#4f6", ground_color = "#f55";

constexpr std::ptrdiff_t max_shown_strokes = 50; // beside the one that is being drawn

std::string_view color_of(Stroke const& stroke)
{
    return stroke.on_object ? object_color : ground_color;
}

/// Keeps where the line begins and ends.
void thin_out(std::vector<cv::Point>& points)
{
    std::vector<cv::Point> fewer;
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) fewer.push_back(points[i]);
    fewer.push_back(points.back());
    points = std::move(fewer);
}

} // namespace

Result<Drawing> BoxAndStrokes::handle(UserAction const& action, cv::Mat const& bgr)
try {
    switch (action.event_type) {
    case EventType::left_mouse_down:
    case EventType::right_mouse_down: press(action, bgr.size()); break;
    case EventType::mouse_move: drag(action, bgr.size()); break;
    case EventType::left_mouse_up:
    case EventType::right_mouse_up: release(action, bgr); break;
    case EventType::key_up:
        if (action.key_up == "Backspace") take_back(action, bgr);
        break;
    case EventType::key_down: break;
    }
    auto answer = drawing();
    if (action.event_type == EventType::key_up && action.key_up == "Enter" && !outline_.empty()) {
        answer.finished.emplace();
        for (auto const& at : outline_) answer.finished->points.push_back({1.0 * at.x, 1.0 * at.y});
    }
    return answer;
} catch (cv::Exception const&) {
    return Error{Errc::unprocessable, "OpenCV could not cut this object out: draw its box again"};
}

void BoxAndStrokes::press(UserAction const& action, cv::Size image)
{
    auto const is_left = action.event_type == EventType::left_mouse_down;
    if (hints_.box.empty() && !is_left) return;
    pressed_ = {{}, is_left && action.is_shift_key_pressed.value_or(false)};
    add_point(action.coordinate, image);
}

void BoxAndStrokes::drag(UserAction const& action, cv::Size image)
{
    if (pressed_.points.empty()) return;
    for (auto const& at : action.passed) add_point(at, image);
    add_point(action.coordinate, image);
}

void BoxAndStrokes::release(UserAction const& action, cv::Mat const& bgr)
{
    constexpr int min_side_px = 4; // a smaller box is a click
    drag(action, bgr.size());
    if (pressed_.points.empty()) return;
    if (!hints_.box.empty()) {
        hints_.strokes.push_back(std::move(pressed_));
        if (hints_.strokes.size() > max_strokes) hints_.strokes.erase(hints_.strokes.begin());
        cut(action, bgr);
    } else if (auto const box = dragged_box(); std::min(box.width, box.height) >= min_side_px) {
        hints_.box = box;
        cut(action, bgr);
    }
    pressed_ = {};
}

/// What was done last: a line that is being drawn, else a stroke, else the box.
void BoxAndStrokes::take_back(UserAction const& action, cv::Mat const& bgr)
{
    if (!pressed_.points.empty()) {
        pressed_ = {};
    } else if (!hints_.strokes.empty()) {
        hints_.strokes.pop_back();
        cut(action, bgr);
    } else {
        hints_.box = {};
        outline_.clear();
    }
}

void BoxAndStrokes::cut(UserAction const& action, cv::Mat const& bgr)
{
    constexpr double usual_epsilon_px = 1;
    outline_ = cut_object(bgr, hints_, action.epsilon.value_or(usual_epsilon_px));
}

void BoxAndStrokes::add_point(Coordinate at, cv::Size image)
{
    auto& points = pressed_.points;
    auto const within = [](int place, int length) { return std::clamp(place, 0, std::max(0, length - 1)); };
    cv::Point const inside(within(at.x, image.width), within(at.y, image.height));
    if (!points.empty() && points.back() == inside) return;
    points.push_back(inside);
    if (points.size() > max_stroke_points) thin_out(points);
}

/// From where the button went down to where the mouse is, both included.
cv::Rect BoxAndStrokes::dragged_box() const
{
    if (pressed_.points.empty()) return {};
    auto const a = pressed_.points.front(), b = pressed_.points.back();
    return {cv::Point(std::min(a.x, b.x), std::min(a.y, b.y)),
            cv::Point(std::max(a.x, b.x) + 1, std::max(a.y, b.y) + 1)};
}

Drawing BoxAndStrokes::drawing() const
{
    Drawing drawing;
    if (hints_.box.empty()) {
        drawing.svg = svg_of_box(dragged_box(), outline_color);
        return drawing;
    }
    auto const first_shown = hints_.strokes.end() - std::min(std::ssize(hints_.strokes), max_shown_strokes);
    for (auto stroke = first_shown; stroke != hints_.strokes.end(); ++stroke)
        drawing.svg += svg_of_past_line(stroke->points, color_of(*stroke));
    drawing.svg += outline_.empty() ? svg_of_box(hints_.box, outline_color) : svg_of_outline(outline_, outline_color);
    drawing.svg += svg_of_line(pressed_.points, color_of(pressed_));
    return drawing;
}

} // namespace learning_loop
