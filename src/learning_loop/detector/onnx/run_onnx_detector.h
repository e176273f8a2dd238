#pragma once

namespace learning_loop {

/// The ready-made detector: runs models of the format `onnx` (examples/pytorch_trainer tells their head).
int run_onnx_detector(int argc, char const* const* argv);

} // namespace learning_loop
