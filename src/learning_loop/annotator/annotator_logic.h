#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/geometry.h"
#include "learning_loop/data/user_input.h"

#include <opencv2/core/mat.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// One thing that a person did over an image, as an AnnotatorLogic gets it.
struct UserAction : UserEvent {
    /// Where the mouse was before, oldest first: while the logic was busy, older moves were merged into this one.
    std::vector<Coordinate> passed;
};

/// What an AnnotatorLogic answers.
struct Drawing {
    std::string svg; ///< A fragment that is drawn over the image, in its pixels; empty: nothing.

    /// A finished shape, in pixels of the image: the node sends it to the Loop as a segmentation of the category that
    /// the person draws. Once the Loop has it, the logic ends and the next action begins a new one; until then the
    /// logic may be asked to finish again, and the shape replaces the one before.
    std::optional<Polygon> finished;
};

/// What the author of an annotator node provides. An instance is one drawing of one person on one image; what it keeps
/// between the actions is the history of that drawing, which must be bounded. It ends when its shape is finished, the
/// person presses Escape, goes to another image or closes the window, or when `handle` fails. It is used by one thread
/// at a time.
class AnnotatorLogic {
public:
    virtual ~AnnotatorLogic() = default;

    /// Answers an action. `bgr` is the upright image, 8 bit, three channels, of which the action's coordinates are
    /// pixels; they may lie beyond its borders. May block. The message of an error is told to the person; what it
    /// throws is logged and told as a failure.
    virtual Result<Drawing> handle(UserAction const& action, cv::Mat const& bgr) = 0;
};

/// Begins a drawing. Called on a thread that may block.
using AnnotatorFactory = std::function<std::unique_ptr<AnnotatorLogic>()>;

} // namespace learning_loop
