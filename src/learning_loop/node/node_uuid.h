#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <string>

namespace learning_loop {

/// The node's identity: `uuids.json` in the data folder maps its name (lower case, `_` for blanks) to a UUID that is
/// made at the first start. A file that cannot be read is renamed to `uuids.json.broken`, with a warning: the Loop sees
/// a new node then. Errors: out_of_space if the disk is full. Blocks.
Result<std::string> load_node_uuid(std::filesystem::path const& data_folder, std::string const& node_name);

} // namespace learning_loop
