#pragma once

#include "learning_loop/infer/detector_logic.h"
#include "learning_loop/detector/detector_settings.h"

#include <functional>
#include <memory>
#include <string>

namespace learning_loop {

/// A kind of detector: what its writer provides.
struct DetectorKind {
    std::string name;         ///< Of the node, unless --name says otherwise.
    std::string model_format; ///< Of the models it runs, as trainers name it; empty: it needs none.
    std::function<DetectorFactory(DetectorSettings const&)> factory;
};

/// Runs a detector node until SIGTERM or SIGINT. The whole of `main`: reads flags and environment, serves, keeps in
/// step with the Loop. Returns the exit status: 0 after a signal, 2 when it cannot start, with the reason on stderr, 1
/// after a failure that the log tells.
int run_detector_node(DetectorKind const& kind, int argc, char const* const* argv);

/// For a logic that needs no model: one instance per core, each built without arguments.
template <class Logic>
int run_detector_node(std::string name, int argc, char const* const* argv)
{
    DetectorFactory const factory = [](ModelInformation const&) -> Result<std::unique_ptr<DetectorLogic>> {
        return std::make_unique<Logic>();
    };
    return run_detector_node({std::move(name), "", [factory](DetectorSettings const&) { return factory; }}, argc, argv);
}

} // namespace learning_loop
