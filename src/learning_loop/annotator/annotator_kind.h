#pragma once

#include "learning_loop/annotator/annotator_logic.h"

#include <string>

namespace learning_loop {

/// A kind of annotator: what its author provides.
struct AnnotatorKind {
    std::string name;    ///< Of the node, unless --name says otherwise.
    std::string purpose; ///< What people are to do, in a sentence, for the node's page; may be empty.
    AnnotatorFactory begin;
};

} // namespace learning_loop
