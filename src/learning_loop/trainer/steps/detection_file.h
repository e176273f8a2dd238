#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/detections.h"
#include "learning_loop/data/model_information.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

// What a new model has found: a text file with a line of JSON for each image that it has looked at, a `Detections` with
// `image_id`. It is appended to, also by programs of others. All functions block.

namespace learning_loop {

/// What is read of it at once.
struct DetectionBatch {
    std::vector<Detections> detections;
    std::uint64_t end = 0; ///< Bytes of the file up to which it was read.
};

/// Reads on from `begin`, whole lines, at most `max_count`. Lines that are no detections of an image are passed over,
/// with a line in the log. A last line without its end is not read. Errors: not_found if there is no such file.
Result<DetectionBatch> read_detections(std::filesystem::path const& file, std::uint64_t begin, std::size_t max_count);

/// The ids of the images that have a line. A line that was cut off, as by a kill, is taken away: what is appended next
/// begins a line of its own.
Result<std::set<std::string>> take_over_detections(std::filesystem::path const& file);

/// Appends a line for each; they are on the disk then. Errors: out_of_space.
Result<void> append_detections(std::filesystem::path const& file, std::vector<Detections> const& detections);

/// Fills in what a detection may leave open: the category's id, by its name, and the model's version.
void complete_detections(Detections& detections, ModelInformation const& model);

} // namespace learning_loop
