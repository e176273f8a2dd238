#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/model_information.h"

#include <filesystem>

namespace learning_loop {

struct TrainingRecord;

/// What the unpacked `model.json` of the model tells that a training has made; what it does not tell is that of the
/// training. Blocks. Errors: not_found if there is none, invalid_argument if it cannot be read.
Result<ModelInformation> read_detecting_model(std::filesystem::path const& folder, TrainingRecord const& record);

} // namespace learning_loop
