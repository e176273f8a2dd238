#pragma once

#include "learning_loop/data/model_information.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The models on this machine: `models/<version>/`, each with its `model.json`, and the link `current_model` to the one
/// that is loaded at the next start. A power cut leaves a model whole or not there, and the link at the old or the new
/// one. What is there by other hands, half a copy, links, plain files, is no model. Blocks. What the disk cannot do
/// throws, unless it is named as an error.
class ModelFolder {
public:
    explicit ModelFolder(std::filesystem::path data_folder);

    /// Empties the folder for a download and returns it.
    std::filesystem::path empty_staging_folder();

    /// Unpacks the zip, checks that its `model.json` is of this version, and only then gives the folder its name.
    /// Errors: invalid_argument names what is wrong with the zip. out_of_space if the disk is full.
    Result<ModelInformation> install(std::filesystem::path const& zip, std::string const& version);

    /// Errors: not_found if the version is not on this machine. invalid_argument if its model.json cannot be read or is
    /// of another version, or a file has changed since it was installed.
    Result<ModelInformation> read_installed(std::string const& version) const;

    /// What the link says, whether or not there is such a model. nullopt if it names no version.
    std::optional<std::string> current_version() const;

    std::vector<std::string> versions() const;        ///< Of all models on this machine.
    std::vector<std::string> last_used_first() const; ///< The same, by when they last became the current one.

    void make_current(std::string const& version); ///< Durable when it returns.

    /// Keeps the current model and those that were used last, three in all.
    void delete_old_models();

    void remove(std::string const& version); ///< Unless it is the current one.
    void clear();                            ///< Deletes all models.

private:
    void discard(std::filesystem::path const& path);

    std::filesystem::path data_folder_;
    std::filesystem::path models_;
    std::filesystem::path staging_;
};

} // namespace learning_loop
