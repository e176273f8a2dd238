#pragma once

#include "learning_loop/infer/detector_logic.h"

#include <filesystem>
#include <optional>

namespace learning_loop {

struct OnnxSettings {
    std::optional<double> conf_threshold{}; ///< Absent: the model's own, or 0.25 when it tells none.
    double iou_threshold = 0.5;             ///< Of two boxes of a category that overlap by more, the weaker is dropped.
    std::filesystem::path onnxruntime_library{}; ///< Empty: the one this program was built with.
};

/// Boxes from `model.onnx` in the model's folder (see `BoxHead` for what it has to look like). The model is run once,
/// so what is returned works. not_found, too_large: the file; invalid_argument: the file, a threshold beyond 0 to 1, or
/// it does not fit to the model's categories; unavailable: ONNX Runtime is not there.
Result<std::unique_ptr<DetectorLogic>> make_onnx_detector(ModelInformation const& model, OnnxSettings const& settings);

} // namespace learning_loop
