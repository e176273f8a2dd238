#pragma once

#include "learning_loop/annotator/annotator_kind.h"

#include <memory>
#include <string>
#include <utility>

namespace learning_loop {

/// Runs an annotator node until SIGTERM or SIGINT, or until the Loop restarts it. The whole of `main`. Returns the exit
/// status: see run_node.h.
int run_annotator_node(AnnotatorKind const& kind, int argc, char const* const* argv);

/// For a logic that is built without arguments: an instance for each drawing.
template <class Logic>
int run_annotator_node(std::string name, int argc, char const* const* argv)
{
    return run_annotator_node({std::move(name), "", [] { return std::make_unique<Logic>(); }}, argc, argv);
}

} // namespace learning_loop
