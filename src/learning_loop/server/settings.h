#pragma once

#include "learning_loop/base/secret.h"
#include "learning_loop/http/server/settings.h"
#include "learning_loop/settings/settings.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// How the Loop's server runs. Read once at the start.
struct ServerSettings : HttpSettings {
    std::filesystem::path data_folder;
    std::string public_url;        ///< Where clients reach the Loop; empty: where it is bound.
    std::string behind_proxy;      ///< Networks of its proxies; empty: it has none.
    bool allow_plain_http = false; ///< Beyond this machine, too.
    std::string allowed_hosts;     ///< More names of this machine, separated by commas.
    std::string anonymous_nodes;   ///< Networks whose detectors need no login, or `none`. Never empty once checked.
    std::string admin_username = "admin";                         ///< Of the account that is made at the first start.
    Secret admin_password;                                        ///< Empty: one is drawn.
    std::uint64_t min_free_disk_bytes = std::uint64_t{256} << 20; ///< With less, nothing large is taken.
};
BOOST_DESCRIBE_STRUCT(ServerSettings, (HttpSettings),
                      (data_folder, public_url, behind_proxy, allow_plain_http, allowed_hosts, anonymous_nodes,
                       admin_username, admin_password, min_free_disk_bytes))

/// The name of the program.
inline constexpr auto* server_program = "learning-loop server";

/// Reads flags, environment, settings file and defaults; see `read_settings`.
Result<std::optional<ServerSettings>> read_server_settings(Invocation const& start);

/// How the server is to listen, of settings that were checked. `data_folder` is absolute.
http::ServerOptions loop_server_options(ServerSettings const& settings, std::filesystem::path const& data_folder);

/// The networks in which detectors need no login, of settings that were checked.
http::Networks anonymous_nodes_of(ServerSettings const& settings);

/// The row of the data folder, and where it is by default: for the commands, too.
Setting data_folder_setting();
std::filesystem::path default_server_folder(Environment const& environment);

/// The server's section of docs/settings.md.
std::string server_settings_section();

} // namespace learning_loop
