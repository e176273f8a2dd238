#pragma once

#include "learning_loop/data/detections.h"
#include "learning_loop/server/generator/generator_request.h"

#include <cstdint>

namespace learning_loop {

struct FieldScene;

/// What a model 1.0 of middling skill might find: the plants first, then things that are no plants, as many of each
/// type as the request asks for. The same seed gives the same. The request must be settled.
Detections guessed_detections(FieldScene const& scene, GeneratorRequest const& request, std::uint64_t seed);

} // namespace learning_loop
