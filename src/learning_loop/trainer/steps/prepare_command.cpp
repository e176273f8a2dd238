#include "learning_loop/trainer/steps/prepare_command.h"

#include "learning_loop/trainer/process/command.h"
#include "learning_loop/trainer/steps/step_tools.h"

#include <fmt/format.h>

namespace learning_loop {

void prepare_command(Command& command, StepTools const& tools)
{
    for (auto const* secret : {"LOOP_PASSWORD", "PASSWORD", "LOOP_TOKEN", "NODE_TOKEN"})
        command.environment.try_emplace(secret, "");
    if (tools.vram_limit_gb > 0)
        command.environment.try_emplace("VRAM_LIMIT_GB", fmt::format("{}", tools.vram_limit_gb));
}

} // namespace learning_loop
