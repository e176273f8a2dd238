#pragma once

#include "learning_loop/base/secret.h"
#include "learning_loop/http/server/settings.h"
#include "learning_loop/settings/settings.h"

#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// What every node is told. Read once at the start; docs/settings.md explains each of them.
struct NodeSettings : HttpSettings {
    std::string name;                        ///< The node's name, as the Loop shows it.
    std::optional<std::string> node_version; ///< Of what its author made of it; told on its page and to the Loop.
    std::filesystem::path data_folder;
    std::string loop_host = "learning-loop.ai";
    std::string username;
    Secret password;
    Secret loop_token;
    std::filesystem::path loop_ssl_cert_path; ///< CA file; empty: the system's.
    Secret node_token;                        ///< Bearer token that the control routes require; empty: none.
    bool open_control = false;                ///< Whoever reaches the node may call its control routes.
    bool skip_repeat_on_start = false;        ///< Starts muted: without asking the Loop anything.
    bool use_backdoor_controls = false;       ///< Has the routes that are for tests only.
};
BOOST_DESCRIBE_STRUCT(NodeSettings, (HttpSettings),
                      (name, node_version, data_folder, loop_host, username, password, loop_token, loop_ssl_cert_path,
                       node_token, open_control, skip_repeat_on_start, use_backdoor_controls))

std::vector<Setting> node_settings();

/// Checks what must fit together. Errors: invalid_argument names the setting and the remedy.
Result<void> check_node_settings(NodeSettings const& settings, SettingsReader const& reader);

/// The URL of the Loop, as `http://127.0.0.1:8000`, of settings that were checked.
std::string loop_url(NodeSettings const& settings);

/// The URL of a Loop, without a slash at its end, from the value of LOOP_HOST: `host[:port]` or an http(s) URL, also
/// with the path below which a proxy has the Loop. A bare host that contains `learning-loop.ai` means https, any other
/// http. Errors: invalid_argument if it is neither.
Result<std::string> loop_url_from(std::string const& host);

} // namespace learning_loop
