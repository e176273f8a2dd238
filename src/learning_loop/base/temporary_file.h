#pragma once

#include "learning_loop/base/new_file.h"

#include <filesystem>

namespace learning_loop {

/// A new file in the folder, which must exist, that only this user may read. Its name, `upload-<uuid>`, is nobody
/// else's. Blocks. Errors: out_of_space if the disk is full; everything else that fails throws std::system_error.
Result<NewFile> make_temporary_file(std::filesystem::path const& folder);

/// Removes the temporary files that killed processes left in the folder. Files that cannot be removed stay. Blocks.
void remove_temporary_files(std::filesystem::path const& folder);

} // namespace learning_loop
