#pragma once

#include "learning_loop/annotator/annotator_logic.h"
#include "learning_loop/annotator/segment/object_cutter.h"

namespace learning_loop {

/// Outlines what a person shows. The left button drags a box around the object, which is cut out; then it draws
/// strokes: with shift over what belongs to the object, without over what does not, as the right button does. When a
/// stroke ends, the object is cut again. Backspace takes back the last stroke, and in the end the box. Enter finishes,
/// once there is an outline. `epsilon` is how far the line may be
/// from what was cut, in pixels. Each answer draws all that is there.
class BoxAndStrokes final : public AnnotatorLogic {
public:
    static constexpr std::size_t max_strokes = 200;       ///< When there are more, the oldest are forgotten.
    static constexpr std::size_t max_stroke_points = 400; ///< Longer ones keep every other point.

    Result<Drawing> handle(UserAction const& action, cv::Mat const& bgr) override;

private:
    void press(UserAction const& action, cv::Size image);
    void drag(UserAction const& action, cv::Size image);
    void release(UserAction const& action, cv::Mat const& bgr);
    void take_back(UserAction const& action, cv::Mat const& bgr);
    void cut(UserAction const& action, cv::Mat const& bgr);
    void add_point(Coordinate at, cv::Size image);
    cv::Rect dragged_box() const;
    Drawing drawing() const;

    ObjectHints hints_; ///< Without a box, until one is dragged.
    std::vector<cv::Point> outline_;
    Stroke
        pressed_; ///< Where the mouse was since its button went down: a stroke, or the corners of the box. Empty: up.
};

} // namespace learning_loop
