#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/detector/model/model_folder.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The coroutine face of the ModelFolder. Whatever the disk refuses is an error, unavailable unless it is another,
/// since it must not end a node whose model serves on. To be used on the io thread.
class InstalledModels {
public:
    explicit InstalledModels(std::filesystem::path const& data_folder) : folder_(data_folder) {} ///< Blocks.

    std::vector<std::string> const& versions() const { return versions_; } ///< As `tidy` has found them.
    std::optional<std::string> const& linked() const { return linked_; }   ///< Is loaded at the next start.

    Task<Result<ModelInformation>> read(std::string version); ///< As ModelFolder::read_installed.

    /// All versions, the best to load first: the current one, whether or not it is there, then those used last.
    Task<Result<std::vector<std::string>>> best_first();

    Task<Result<std::filesystem::path>> prepare_download(); ///< Where the zip is to lie. There is no other file.
    Task<Result<ModelInformation>> install(std::filesystem::path zip, std::string version); ///< And deletes the zip.

    Task<Result<void>> make_current(std::string version); ///< Durable. Errors: also out_of_space.
    Task<> remove(std::string version);                   ///< Unless it is the current one.
    Task<> tidy();                                        ///< Deletes models that are too many.
    Task<Result<void>> clear();                           ///< Deletes all models.

private:
    template <class Job>
    Task<std::invoke_result_t<Job&>> on_disk(Job job);

    ModelFolder folder_;
    std::vector<std::string> versions_ = folder_.versions();
    std::optional<std::string> linked_;
    Lane disk_{"models on the disk", 16}; ///< Of `folder_`.
};

} // namespace learning_loop
