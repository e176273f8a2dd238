#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/converter/tried_models.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The models that are not to be tried again, kept in `failed_models.json` of the data folder: a model whose conversion
/// ends the process is one of them, after TriedModels::max_attempts. Every change is durable when its task has ended.
/// Errors of each: unavailable or out_of_space if the disk refuses; then the change holds until the node ends. To be
/// used on the io thread.
class FailedModels {
public:
    /// A file that cannot be read is renamed to `failed_models.json.broken`, with a warning: all models are tried
    /// again. Blocks.
    explicit FailedModels(std::filesystem::path const& data_folder);

    /// Why it is not to be tried again; nullopt: it may be tried.
    std::optional<std::string> find_failure(SourceModel const& model) const { return models_.find_failure(model); }
    std::vector<TriedModel> failed() const { return models_.failed(); } ///< The last one first, each with its reason.

    Task<Result<void>> begin_attempt(SourceModel model); ///< To be called before anything reads the model's files.
    Task<Result<void>> end_attempt(SourceModel model);   ///< It has ended without a failure of the model.
    Task<Result<void>> add(SourceModel model, std::string reason);

    /// As TriedModels::keep.
    Task<Result<void>> keep(std::vector<Context> asked, std::vector<SourceModel> listed);

    /// Lets all of them be tried again, or that of this id. Returns how many. Errors: also not_found if that one has
    /// not failed.
    Task<Result<std::size_t>> forget(std::optional<std::string> id);

private:
    Task<Result<void>> save();

    std::filesystem::path file_;
    TriedModels models_;
    Lane disk_{"the failed models", 16};
};

} // namespace learning_loop
