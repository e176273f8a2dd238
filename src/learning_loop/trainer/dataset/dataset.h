#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/training_image.h"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace learning_loop {

/// How many images a training has.
struct DatasetCounts {
    std::int64_t train = 0;
    std::int64_t val = 0;
    std::int64_t test = 0;
    std::int64_t corrupt = 0; ///< Left out, since they are no whole JPEG or PNG,
    std::int64_t missing = 0; ///< or since the Loop lists them and does not have them.
};
BOOST_DESCRIBE_STRUCT(DatasetCounts, (), (train, val, test, corrupt, missing))

/// Reads what a training learns from, image by image: it may be larger than the memory. A line of JSON each, in the
/// order in which the Loop listed them. Blocks. Errors: not_found if there is no such file, invalid_argument if it is
/// damaged, and those of `take`, which ends the reading.
Result<void> read_dataset(std::filesystem::path const& file, std::function<Result<void>(TrainingImage)> const& take);

} // namespace learning_loop
