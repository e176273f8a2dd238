#pragma once

#include "learning_loop/http/server/settings.h"
#include "learning_loop/settings/settings.h"

#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// How the Loop's server runs. Read once at the start.
struct ServerSettings : HttpSettings {
    std::filesystem::path data_folder;
};
BOOST_DESCRIBE_STRUCT(ServerSettings, (HttpSettings), (data_folder))

/// The name of the program.
inline constexpr auto* server_program = "learning-loop server";

/// Reads flags, environment, settings file and defaults; see `read_settings`.
Result<std::optional<ServerSettings>> read_server_settings(Invocation const& start);

/// The server's section of docs/settings.md.
std::string server_settings_section();

} // namespace learning_loop
