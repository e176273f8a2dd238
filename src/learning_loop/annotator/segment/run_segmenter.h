#pragma once

namespace learning_loop {

/// `learning-loop annotator`: the ready-made annotator, which outlines what a person shows by a box and strokes. See
/// run_annotator_node.
int run_segmenter(int argc, char const* const* argv);

} // namespace learning_loop
