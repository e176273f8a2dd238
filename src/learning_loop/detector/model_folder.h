#pragma once

#include "learning_loop/data/model_information.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The models on this machine: `models/<version>/` each with its `model.json`, and the link `current_model` to the one
/// that is loaded at the next start. Blocks.
class ModelFolder {
public:
    explicit ModelFolder(std::filesystem::path data_folder);

    /// Where to put a download. Emptied at every call.
    std::filesystem::path fresh_staging_folder();

    /// Unpacks the zip, checks its `model.json` against what was asked for and only then gives the folder its name.
    /// invalid_argument names what is wrong with the zip.
    Result<ModelInformation> install(std::filesystem::path const& zip, std::string const& version);

    Result<ModelInformation> installed(std::string const& version) const; ///< not_found
    std::optional<ModelInformation> current() const; ///< What the link points to, if it can be read.

    std::vector<std::string> versions() const; ///< Of all that are here.

    void make_current(std::string const& version); ///< Durable; keeps the last few models and deletes older ones.
    void remove(std::string const& version);

private:
    std::filesystem::path data_folder_;
    std::filesystem::path models_;
};

} // namespace learning_loop
