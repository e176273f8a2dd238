#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/dataset_files.h"
#include "learning_loop/store/project.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace learning_loop {

namespace store {
class ImageRepository;
}

/// What trainings train on: the images that are complete and sound, each with its set and annotations, and the
/// categories. A revision is one JSON text a line: first `{"categories": [...], "split": {...}}`, then each image in
/// the order of its arrival. Its name is its SHA-256, so the same dataset is one revision.
class DatasetSnapshots {
public:
    /// `min_free_bytes` of the disk are left free.
    DatasetSnapshots(store::ImageRepository& images, std::filesystem::path root, std::uint64_t min_free_bytes)
        : images_(images), files_(std::move(root), min_free_bytes)
    {}

    /// Returns the hash of the project's dataset as it is now; it is durable then. Images that change meanwhile may be
    /// in it as they were or as they are. Errors: out_of_space.
    Task<Result<std::string>> take(store::Project project);

    Task<> remove(store::Project project, std::string hash); ///< Nothing happens if there is none.

    /// Where that revision lies. Callers must have made sure that `hash` is one.
    std::filesystem::path path_of(store::Project const& project, std::string const& hash) const;

private:
    store::ImageRepository& images_;
    store::DatasetFiles files_;
    Lane writing_{"the dataset revisions", 100};
};

} // namespace learning_loop
