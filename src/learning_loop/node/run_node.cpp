#include "learning_loop/node/run_node.h"

#include "learning_loop/http/server/run_program.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/node/node_uuid.h"

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace{1000}; // for requests in flight

} // namespace

int serve_node(NodeSettings const& settings,
               std::function<Result<std::unique_ptr<Parts>>(Runner& runner, std::string uuid)> build)
{
    Program program;
    program.name = settings.name;
    program.options = server_options(settings, settings.data_folder);
    program.data_folder = settings.data_folder;
    program.grace = grace;
    program.build = [&](Runner& runner) -> Result<std::unique_ptr<Parts>> {
        auto uuid = load_node_uuid(settings.data_folder, settings.name);
        if (!uuid) return uuid.error();
        return build(runner, std::move(*uuid));
    };
    program.ready = [&](Runner const& runner) {
        return settings.name + " is ready at " + runner.url() + ", its Loop is " + loop_url(settings);
    };
    return run_program(program);
}

} // namespace learning_loop
