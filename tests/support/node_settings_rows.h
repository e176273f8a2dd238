#pragma once

#include "learning_loop/node/settings.h"
#include "learning_loop/settings/state_folder.h"
#include "support/settings_rows.h"

namespace learning_loop::test {

/// What every node reads, for a node called `weeder`. `a_file` must exist.
template <class T>
std::vector<SettingsRow<T>> rows_of_every_node(std::string const& port, std::string const& a_file)
{
    auto const home = [](std::string const& variable) { return std::string(variable == "HOME" ? "/home/a" : ""); };
    auto const data_folder = default_data_folder("weeder", home).string();
    return {
        settings_row<T>("LOOP_HOST", "HOST", "loop_host", "learning-loop.ai", "http://loop:1", &T::loop_host),
        settings_row<T>("LOOP_TOKEN", "", "loop_token", "", "hunter2", &T::loop_token),
        settings_row<T>("LOOP_SSL_CERT_PATH", "", "loop_ssl_cert_path", "", a_file, &T::loop_ssl_cert_path),
        settings_row<T>("DATA_FOLDER", "", "data_folder", data_folder, "/state", &T::data_folder),
        settings_row<T>("NODE_HOST", "", "host", "127.0.0.1", "localhost", &T::host),
        settings_row<T>("NODE_PORT", "", "port", port, "81", &T::port),
        settings_row<T>("NODE_NAME", "", "name", "weeder", "n", &T::name),
        settings_row<T>("NODE_VERSION", "", "node_version", "absent", "v2", &T::node_version),
        settings_row<T>("NODE_TOKEN", "", "node_token", "", "hunter2", &T::node_token),
        settings_row<T>("OPEN_CONTROL", "", "open_control", "false", "true", &T::open_control),
        settings_row<T>("SKIP_REPEAT_ON_START", "", "skip_repeat_on_start", "false", "true", &T::skip_repeat_on_start),
        settings_row<T>("USE_BACKDOOR_CONTROLS", "", "use_backdoor_controls", "false", "true",
                        &T::use_backdoor_controls),
    };
}

} // namespace learning_loop::test
