#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace learning_loop {

/// How the Loop's server runs. Read once at the start.
struct ServerSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
    std::string data_folder;
};

/// Flags, then environment, then defaults. The other alternative is the status to exit with at once: what was wrong has
/// been said on stderr.
std::variant<ServerSettings, int> read_server_settings(int argc, char const* const* argv);

} // namespace learning_loop
