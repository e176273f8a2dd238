#pragma once

#include "learning_loop/data/model_information.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The models on this machine: `models/<version>/`, each with its `model.json`, and the link `current_model` to the one
/// that is loaded at the next start. Blocks.
class ModelFolder {
public:
    explicit ModelFolder(std::filesystem::path data_folder);

    /// Empties the folder for a download and returns it.
    std::filesystem::path empty_staging_folder();

    /// Unpacks the zip, checks that its `model.json` is of this version, and only then gives the folder its name.
    /// Errors: invalid_argument names what is wrong with the zip. out_of_space if the disk is full.
    Result<ModelInformation> install(std::filesystem::path const& zip, std::string const& version);

    /// Errors: not_found if the version is not on this machine. invalid_argument if its model.json cannot be read.
    Result<ModelInformation> read_installed(std::string const& version) const;

    std::optional<ModelInformation> current() const; ///< The model that the link points to, if it can be read.
    std::vector<std::string> versions() const;       ///< Of all models on this machine.

    void make_current(std::string const& version); ///< Durable; keeps the last few models and deletes older ones.
    void remove(std::string const& version);
    void clear(); ///< Deletes all models.

private:
    void delete_old_models(std::string const& current);

    std::filesystem::path data_folder_;
    std::filesystem::path models_;
};

} // namespace learning_loop
