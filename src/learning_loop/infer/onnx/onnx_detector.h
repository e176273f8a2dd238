#pragma once

#include "learning_loop/infer/detector_logic.h"

#include <filesystem>
#include <optional>

namespace learning_loop {

struct OnnxOptions {
    std::optional<double> conf_threshold{}; ///< Absent: the model's own, or 0.25 if it tells none.
    double iou_threshold = 0.5;             ///< Of two boxes of a category that overlap by more, the weaker is dropped.
    std::filesystem::path onnxruntime_library{}; ///< Empty: the one this program was built with.
};

/// Boxes from `model.onnx` in the model's folder (see `BoxHead` for what it must look like). The model is run once, so
/// what is returned works. Blocks. Errors: not_found if there is no such file. too_large if it has more than 1 GiB.
/// invalid_argument if it is not such a model, does not fit the model's categories, or a threshold is beyond 0 to 1.
/// unavailable if ONNX Runtime cannot be loaded or the model fails when it is run.
Result<std::unique_ptr<DetectorLogic>> make_onnx_detector(ModelInformation const& model, OnnxOptions const& options);

} // namespace learning_loop
