#include "learning_loop/annotator/segment/run_segmenter.h"

#include "learning_loop/annotator/run_annotator_node.h"
#include "learning_loop/annotator/segment/box_and_strokes.h"

namespace learning_loop {

int run_segmenter(int argc, char const* const* argv)
{
    AnnotatorKind const kind{
        "annotator",
        "Drag a box around a thing; then draw strokes on what belongs to it with shift pressed, and on what does not "
        "without. Backspace takes back the last stroke, Enter accepts the outline, Escape forgets it.",
        [] { return std::make_unique<BoxAndStrokes>(); }};
    return run_annotator_node(kind, argc, argv);
}

} // namespace learning_loop
