#include "learning_loop/detector/run_detector_node.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/memory.h"
#include "learning_loop/detector/detector_parts.h"
#include "learning_loop/http/server/run_program.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/infer/threads.h"
#include "learning_loop/node/node_uuid.h"

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace{1000}; // for requests in flight

Result<std::unique_ptr<Parts>> build_parts(Runner& runner, DetectorKind const& kind, DetectorSettings const& settings,
                                           Invocation const& start)
{
    auto const uuid = load_node_uuid(settings.data_folder, settings.name);
    if (!uuid) return uuid.error();
    auto read_again = [name = kind.name, start]() -> Result<DetectorSettings> {
        auto const read = read_detector_settings(name, start);
        if (!read) return read.error();
        return read->value();
    };
    return std::make_unique<DetectorParts>(runner, kind, settings, *uuid, std::move(read_again));
}

} // namespace

int run_detector_node(DetectorKind const& kind, int argc, char const* const* argv)
{
    start_log();
    keep_freed_memory();
    keep_each_image_on_one_thread();
    Invocation const start{argc, argv};
    auto const read = read_detector_settings(kind.name, start);
    if (!read) return refuse_settings(kind.name, read.error());
    if (!*read) return 0; // --help
    auto settings = **read;
    start_log(settings.log_level);
    settings.data_folder = std::filesystem::absolute(settings.data_folder);

    Program program;
    program.name = settings.name;
    program.options = server_options(settings, settings.data_folder);
    program.data_folder = settings.data_folder;
    program.grace = grace;
    program.build = [&](Runner& runner) { return build_parts(runner, kind, settings, start); };
    program.ready = [&](Runner const& runner) {
        return settings.name + " is ready at " + runner.url() + ", its Loop is " + loop_url(settings);
    };
    return run_program(program);
}

} // namespace learning_loop
