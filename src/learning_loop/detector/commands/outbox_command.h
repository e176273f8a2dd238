#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/detector/outbox/outbox_reader.h"
#include "learning_loop/settings/command_line.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

// The commands of `learning-loop outbox`: see run_outbox.h.
int list_outbox(Invocation const& start);
int requeue_outbox(Invocation const& start);
int drop_outbox(Invocation const& start);
int export_outbox(Invocation const& start);

// What they share.

/// How a command is introduced. The settings file of the detector tells it, too, where the data folder is.
ProgramDescription describe_outbox_command(std::string name, std::string purpose, std::vector<Setting> own);

/// Where `learning-loop detector` keeps its data unless told otherwise.
std::filesystem::path default_detector_folder(Environment const& environment);

/// The outbox of a data folder. Errors: not_found; forbidden if this user may not look into it.
Result<std::filesystem::path> find_outbox(std::filesystem::path const& data_folder);

/// `1 image`, `2 images`.
std::string images_text(std::uint64_t count);

} // namespace learning_loop
