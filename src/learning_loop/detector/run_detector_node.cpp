#include "learning_loop/detector/run_detector_node.h"

#include "learning_loop/base/memory.h"
#include "learning_loop/detector/detector_parts.h"
#include "learning_loop/infer/threads.h"
#include "learning_loop/node/run_node.h"

namespace learning_loop {

int run_detector_node(DetectorKind const& kind, int argc, char const* const* argv)
{
    keep_freed_memory();
    keep_each_image_on_one_thread();
    Invocation const start{argc, argv};
    auto const read = [&] { return read_detector_settings(kind.name, start); };
    auto const read_again = [name = kind.name, start]() -> Result<DetectorSettings> {
        auto const settings = read_detector_settings(name, start);
        if (!settings) return settings.error();
        return settings->value();
    };
    auto const build = [&](Runner& runner, DetectorSettings const& settings, std::string uuid) {
        return std::make_unique<DetectorParts>(runner, kind, settings, std::move(uuid), read_again);
    };
    return run_node<DetectorSettings>(kind.name, read, build);
}

} // namespace learning_loop
