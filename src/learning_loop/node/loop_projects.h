#pragma once

#include "learning_loop/data/context.h"
#include "learning_loop/node/loop_session.h"

#include <vector>

namespace learning_loop {

/// The projects that the node's login may see, but those whose ids are none. `session` must outlive the task. Errors:
/// those of LoopSession::ask; invalid_argument if the answer is malformed; as `loop_refusal` for other statuses.
Task<Result<std::vector<Context>>> fetch_projects(LoopSession& session);

} // namespace learning_loop
