#pragma once

#include "learning_loop/base/error.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// What is wrong with an entry: the message names it.
Error wrong_entry(std::string_view name, std::string const& why, Errc code = Errc::invalid_argument);

/// The names of one zip's entries: each is fit to be a file's name in any folder, and none comes twice.
class ZipNames {
public:
    /// Errors: invalid_argument if one is unsafe; the message names the entry and what is wrong with it.
    Result<void> add(std::string_view name);

private:
    std::set<std::string> seen_; ///< In lower case: some file systems make no difference.
};

/// The names of a zip as people pack it: the files may lie in one folder, which is taken off, and what macOS puts
/// beside them is left out.
class FlatZipNames {
public:
    /// The name of the file; nullopt if the entry is to be left out. Errors: as ZipNames, and invalid_argument if there
    /// are other folders.
    Result<std::optional<std::string>> add(std::string_view name);

    /// What was left out or taken off, for whoever packed the zip.
    std::vector<std::string> remarks() const;

private:
    ZipNames names_;
    std::optional<std::string> folder_; ///< Of the files, with its slash, or empty; absent before the first.
    bool has_left_out_ = false;
};

/// Whether the name, unpacked with its folders, stays below the folder that it is unpacked in.
/// Errors: invalid_argument; the message names the entry.
Result<void> stays_below(std::string_view name);

} // namespace learning_loop
