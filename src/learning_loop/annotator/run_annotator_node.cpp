#include "learning_loop/annotator/run_annotator_node.h"

#include "learning_loop/annotator/annotator_parts.h"
#include "learning_loop/base/memory.h"
#include "learning_loop/infer/threads.h"
#include "learning_loop/node/run_node.h"

namespace learning_loop {

int run_annotator_node(AnnotatorKind const& kind, int argc, char const* const* argv)
{
    keep_freed_memory();
    keep_each_image_on_one_thread();
    auto const read = [&] { return read_annotator_settings(kind.name, {argc, argv}); };
    auto const build = [&](Runner& runner, AnnotatorSettings const& settings, std::string uuid) {
        return std::make_unique<AnnotatorParts>(runner, kind, settings, std::move(uuid));
    };
    return run_node<AnnotatorSettings>(kind.name, read, build);
}

} // namespace learning_loop
