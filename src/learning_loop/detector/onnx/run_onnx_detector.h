#pragma once

namespace learning_loop {

/// The ready-made detector: runs models of the format `onnx` (see examples/pytorch_trainer for their output). As
/// run_detector_node.
int run_onnx_detector(int argc, char const* const* argv);

} // namespace learning_loop
