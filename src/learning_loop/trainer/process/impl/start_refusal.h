#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/trainer/process/impl/guard_messages.h"
#include "learning_loop/trainer/process/impl/guard_task.h"

namespace learning_loop {

/// Why the guard could not start that, in words. `report` is one of a failure.
Error start_refusal(GuardReport const& report, GuardTask const& task);

} // namespace learning_loop
