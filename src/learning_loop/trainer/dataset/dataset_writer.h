#pragma once

#include "learning_loop/base/new_file.h"
#include "learning_loop/trainer/dataset/dataset.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace learning_loop {

/// Makes the file that `read_dataset` reads: takes the images as the Loop tells of them, and decides at the end which
/// of them stay, and for what. Until then they wait in a file beside it, `<file>.rows`. Blocks; to be used by one
/// thread at a time. Errors of all: out_of_space if the disk is full. unavailable if it fails otherwise.
class DatasetWriter {
public:
    static Result<DatasetWriter> create(std::filesystem::path file);

    Result<void> add(std::vector<TrainingImage> const& images);

    /// Writes the images that stay, at once and durably. `sets` has one for each image that was added, in their order:
    /// what it is for; nullopt: it is left out. Returns how many there are of each.
    Result<DatasetCounts> finish(std::vector<std::optional<ImageSet>> const& sets);

private:
    DatasetWriter(std::filesystem::path file, NewFile rows) : file_(std::move(file)), rows_(std::move(rows)) {}
    Result<DatasetCounts> copy_rows(NewFile& whole, std::vector<std::optional<ImageSet>> const& sets) const;

    std::filesystem::path file_;
    NewFile rows_; ///< Of all images. It goes when this goes.
};

} // namespace learning_loop
