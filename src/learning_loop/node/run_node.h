#pragma once

#include "learning_loop/base/log.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/node/settings.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace learning_loop {

class Runner;

/// Serves a node until SIGTERM, SIGINT or `Runner::stop`. `build` makes its parts; `uuid`: see node_uuid.h. The data
/// folder of the settings must be absolute. Returns the exit status, as `run_program` does.
int serve_node(NodeSettings const& settings,
               std::function<Result<std::unique_ptr<Parts>>(Runner& runner, std::string uuid)> build);

/// What is in the `main` of every kind of node: reads its settings by `read`, starts the log and serves the parts that
/// `build(Runner&, Settings const&, std::string uuid)` makes. `name` begins what is told on stderr. Returns the exit
/// status: 0 after a signal and for --help, 2 if it cannot start, with the reason on stderr, 1 after a failure that is
/// in the log. If a part hangs at the end, or the end fails, the process exits with 3 instead of returning.
template <class Settings, class Build>
int run_node(std::string const& name, std::function<Result<std::optional<Settings>>()> read_settings, Build build)
{
    start_log();
    auto const read = read_settings();
    if (!read) return refuse_settings(name, read.error());
    if (!*read) return 0; // --help
    auto settings = **read;
    start_log(settings.log_level);
    settings.data_folder = std::filesystem::absolute(settings.data_folder);
    auto build_parts = [&](Runner& runner, std::string uuid) -> Result<std::unique_ptr<Parts>> {
        return build(runner, settings, std::move(uuid));
    };
    return serve_node(settings, std::move(build_parts));
}

} // namespace learning_loop
