#include "learning_loop/server/run_server.h"

#include "learning_loop/base/log.h"
#include "learning_loop/http/server/run_program.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/server/loop_parts.h"
#include "learning_loop/server/settings.h"

#include <memory>

namespace learning_loop {

int run_server(int argc, char const* const* argv)
{
    start_log();
    auto const read = read_server_settings({argc, argv});
    if (!read) return refuse_settings(server_program, read.error());
    if (!*read) return 0; // --help
    auto const& settings = **read;
    start_log(settings.log_level);
    auto const folder = std::filesystem::absolute(settings.data_folder);
    auto const build = [folder](Runner& runner) -> Result<std::unique_ptr<Parts>> {
        return std::make_unique<LoopParts>(runner, folder);
    };
    return run_program({.name = server_program,
                        .options = server_options(settings, folder),
                        .data_folder = folder,
                        .build = build,
                        .ready = [](Runner const& runner) { return "the Loop is ready at " + runner.url(); }});
}

} // namespace learning_loop
