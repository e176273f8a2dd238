#pragma once

#include "learning_loop/annotator/annotator_logic.h"
#include "learning_loop/annotator/annotator_metrics.h"
#include "learning_loop/annotator/shown_images.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/async/turns.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace learning_loop {

/// Has the Loop keep a finished shape. Errors: why it has not; the message is for the person.
using SendShape = std::function<Task<Result<void>>(Context project, SegmentationAnnotation shape)>;

struct DrawingOptions {
    unsigned threads = 1;
    std::size_t max_windows = 200; ///< Of people who draw; beyond, the one that was left alone longest is forgotten.
};

/// The drawings of many people at once, one for each window. What a window does is done in its order; moves of the
/// mouse that wait meanwhile are merged into one. To be used on the io thread.
class Drawings {
public:
    static constexpr std::size_t max_passed = 2000; ///< Places of merged moves; beyond, every other one is left out.
    static constexpr std::size_t max_svg_bytes = 1u << 20;

    Drawings(ShownImages& images, AnnotatorMetrics& metrics, DrawingOptions options, AnnotatorFactory begin,
             SendShape send);

    /// Returns the SVG to draw over the image. Errors: invalid_argument if an id is none. unavailable if the window
    /// does too much at once. Those of ShownImages and of SendShape; the drawing stays then. Those of the logic; the
    /// drawing is forgotten then.
    Task<Result<std::string>> handle(UserInput input);

    /// Forgets what the window has drawn. Errors: unavailable if too much of the window waits.
    Task<Result<void>> forget(std::string frontend);

    /// Waits until no logic is at work, but not longer than `grace`; then it returns false.
    Task<bool> finish(std::chrono::milliseconds grace);

    std::size_t count() const; ///< Drawings that were begun and not finished.

private:
    struct Window;
    struct Step;
    using WindowPtr = std::shared_ptr<Window>; // shared: with a step that runs while the window is forgotten
    using StepPtr = std::shared_ptr<Step>;     // shared: by those whose moves were merged

    WindowPtr find(std::string const& frontend);
    WindowPtr find_or_add(std::string const& frontend);
    void forget_idle_windows();
    Task<Result<std::string>> take_step(WindowPtr window, StepPtr step);
    Task<Result<std::string>> act(WindowPtr window, UserAction action);
    Task<Result<Drawing>> ask_logic(WindowPtr window, UserAction action, ShownImages::Image image);
    Task<Result<void>> send_finished(WindowPtr window, UserAction action, Polygon shape);

    ShownImages& images_;
    AnnotatorMetrics& metrics_;
    DrawingOptions options_;
    AnnotatorFactory begin_;
    SendShape send_;
    std::list<WindowPtr> windows_; ///< The last that did something is first.
    Turns turns_;                  ///< By windows.
    Pool pool_;
};

} // namespace learning_loop
