#pragma once

#include "learning_loop/data/annotations.h"
#include "learning_loop/server/generator/generator_request.h"

namespace learning_loop {

struct FieldScene;

/// All that is in the scene and has a category in the request: the boxes, stems and outlines of its plants, and, of the
/// image as a whole, the kind of plant that covers most of it. The request must be settled.
Annotations exact_annotations(FieldScene const& scene, GeneratorRequest const& request);

/// The kind of plant, below `kinds`, that most pixels show; nullopt: none is seen.
std::optional<int> main_crop(FieldScene const& scene, std::int64_t kinds);

} // namespace learning_loop
