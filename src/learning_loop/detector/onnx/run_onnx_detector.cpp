#include "learning_loop/detector/onnx/run_onnx_detector.h"

#include "learning_loop/base/log.h"
#include "learning_loop/detector/run_detector_node.h"
#include "learning_loop/infer/onnx/onnx_detector.h"
#include "learning_loop/infer/onnx/onnx_runtime.h"

#include <iostream>

namespace learning_loop {

int run_onnx_detector(int argc, char const* const* argv)
{
    // Before any thread starts, since loading it sets a variable of the environment. A detector without it is no use.
    if (auto const runtime = load_onnx_runtime(); !runtime) {
        std::cerr << "detector: " << runtime.error().message << "\n";
        return 2;
    }
    auto const factory = [](DetectorSettings const& settings) -> DetectorFactory {
        log::info("ONNX Runtime {}", loaded_onnx_runtime());
        OnnxOptions onnx;
        onnx.conf_threshold = settings.conf_threshold;
        onnx.iou_threshold = settings.iou_threshold;
        return [onnx](ModelInformation const& model) { return make_onnx_detector(model, onnx); };
    };
    return run_detector_node({"detector", "onnx", factory}, argc, argv);
}

} // namespace learning_loop
