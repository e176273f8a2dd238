#pragma once

#include "learning_loop/detector/detector_kind.h"
#include "learning_loop/detector/detector_settings.h"

#include <memory>
#include <string>

namespace learning_loop {

/// Runs a detector node until SIGTERM or SIGINT. The whole of `main`: reads flags and environment, serves, keeps in
/// step with the Loop. Returns the exit status: 0 after a signal, 2 if it cannot start, with the reason on stderr, 1
/// after a failure that is in the log. If the logic hangs at the end, or the end fails, the process exits with 3
/// instead of returning.
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

/// For a logic that runs models of the Loop in that format: `static Result<std::unique_ptr<DetectorLogic>>
/// Logic::build(ModelInformation const&)` makes one instance of an unpacked model. See DetectorFactory.
template <class Logic>
int run_detector_node(std::string name, std::string model_format, int argc, char const* const* argv)
{
    DetectorFactory const factory = &Logic::build;
    return run_detector_node({std::move(name), std::move(model_format), [factory](auto const&) { return factory; }},
                             argc, argv);
}

} // namespace learning_loop
