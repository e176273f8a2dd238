#include "learning_loop/server/settings.h"

#include "learning_loop/base/command_line.h"
#include "learning_loop/net/http/server.h"

#include <iostream>

namespace learning_loop {

std::variant<ServerSettings, int> read_server_settings(int argc, char const* const* argv)
{
    std::string const program = "learning-loop server";
    ServerSettings settings;
    settings.data_folder = state_folder("server");
    CommandLine line(program, "The Learning Loop: keeps images, their boxes and models, and hands them out to nodes.");
    line.add("--host", "NODE_HOST", settings.host, "interface to bind; this machine only, there are no accounts yet");
    line.add("--port", "NODE_PORT", settings.port, "port to bind; 0: any that is free");
    line.add("--data-folder", "DATA_FOLDER", settings.data_folder, "where everything is kept; one process per folder");
    if (auto const status = line.read(argc, argv)) return *status;

    if (settings.data_folder.empty()) {
        std::cerr << program
                  << ": --data-folder (DATA_FOLDER): is required, since neither XDG_STATE_HOME nor HOME is set\n";
        return 2;
    }
    if (!http::is_loopback(settings.host)) {
        std::cerr << program << ": --host (NODE_HOST): '" << settings.host
                  << "' can be reached from other machines, and there are no accounts yet: bind 127.0.0.1\n";
        return 2;
    }
    return settings;
}

} // namespace learning_loop
