#pragma once

#include "learning_loop/infer/detector_logic.h"

#include <functional>
#include <string>

namespace learning_loop {

struct DetectorSettings;

/// A kind of detector: what its author provides.
struct DetectorKind {
    std::string name;         ///< Of the node, unless --name says otherwise.
    std::string model_format; ///< Of the models it runs, as trainers name it; empty: it needs none.
    std::function<DetectorFactory(DetectorSettings const&)> factory;
};

} // namespace learning_loop
