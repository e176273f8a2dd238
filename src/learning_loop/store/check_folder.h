#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace learning_loop::store {

class Database;

/// What was found wrong in a Loop's data folder.
struct FolderReport {
    static constexpr std::size_t max_findings = 1000;

    std::vector<std::string> findings; ///< A line each; the first `max_findings`.
    std::uint64_t found = 0;           ///< All of them.
    std::int64_t images = 0;           ///< Rows that were compared with their files.
    std::int64_t model_files = 0;
    std::int64_t datasets = 0;
    std::filesystem::path set_aside_folder; ///< Where files were moved to.
    std::int64_t set_aside = 0;             ///< How many.
};

/// Compares the database with the files: what a row names must be there, as long as the row says and with its hash;
/// what is there must have a row. `mends`: what is cut, changed or orphaned is moved to `set_aside/` in the folder, so
/// that nobody takes it for sound; nothing is deleted, and rows stay as they are. `progress` is told the number of
/// images from time to time. Reads every image. A database that cannot be read to its end is a finding. Callers must
/// hold the folder's lock. Blocks.
FolderReport check_folder(Database& database, std::filesystem::path const& folder, bool mends,
                          std::function<void(std::int64_t images)> const& progress = {});

} // namespace learning_loop::store
