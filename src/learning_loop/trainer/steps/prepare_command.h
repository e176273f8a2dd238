#pragma once

namespace learning_loop {

struct Command;
struct StepTools;

/// Adds what every program of a trainer finds in its environment: VRAM_LIMIT_GB, and empty variables in the place of
/// the node's passwords and tokens, which are none of its business.
void prepare_command(Command& command, StepTools const& tools);

} // namespace learning_loop
