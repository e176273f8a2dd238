#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/new_file.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::store {

/// What trainings train on, each revision in a file `<root>/<the project's folder>/<its SHA-256>.jsonl`: the same
/// dataset is the same file. All of this blocks.
class DatasetFiles {
public:
    /// Makes the folder, and removes what a crash left half-written. `min_free_bytes` of the disk are left free.
    explicit DatasetFiles(std::filesystem::path root, std::uint64_t min_free_bytes = 0);

    /// A revision while it is written; what is not finished is removed with it.
    class Draft {
    public:
        explicit Draft(NewFile file) : file_(std::move(file)) {}

        Result<void> append(std::string_view line); ///< Without its end. Errors: out_of_space.

    private:
        friend class DatasetFiles;

        NewFile file_;
        Sha256Sum sum_;
    };

    Result<Draft> begin() const; ///< Errors: out_of_space.

    /// Returns the hash of the revision, which is durable then. `folder` is the project's. Errors: out_of_space.
    Result<std::string> finish(Draft draft, std::string_view folder) const;

    /// Callers must have made sure that `hash` is one: it becomes a path.
    std::filesystem::path path_of(std::string_view folder, std::string_view hash) const;

    /// The same for any root.
    static std::filesystem::path path_in(std::filesystem::path const& root, std::string_view folder,
                                         std::string_view hash);

private:
    std::filesystem::path root_;
    std::filesystem::path begun_;
    std::uint64_t min_free_bytes_;
};

} // namespace learning_loop::store
