#pragma once

#include "learning_loop/data/context.h"

#include <functional>

namespace learning_loop {

/// To be called when what converters may do with a project's models has changed, durably: a model or a format was
/// added, a model was removed, or a training has ended, so that others than its trainer may add formats to its models.
using ModelsChanged = std::function<void(Context const& project)>;

} // namespace learning_loop
