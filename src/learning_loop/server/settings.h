#pragma once

#include "learning_loop/http/server/settings.h"
#include "learning_loop/settings/settings.h"

#include <filesystem>
#include <string>
#include <variant>

namespace learning_loop {

/// How the Loop's server runs. Read once at the start.
struct ServerSettings : HttpSettings {
    ServerSettings() { port = 8000; }

    std::filesystem::path data_folder;
};
BOOST_DESCRIBE_STRUCT(ServerSettings, (HttpSettings), (data_folder))

/// Reads flags, environment, settings file and defaults. Returns the status to exit with if the program is not to run;
/// what was wrong has been said on stderr then.
std::variant<ServerSettings, int> read_server_settings(Invocation const& start);

/// The server's section of docs/settings.md.
std::string server_settings_section();

} // namespace learning_loop
