#pragma once

#include "learning_loop/async/run_caught.h"
#include "learning_loop/trainer/logic/trainer_logic.h"

#include <functional>
#include <memory>
#include <utility>

namespace learning_loop {

/// Calls the author's logic on a thread of its own, one call after another.
class LogicCalls {
public:
    explicit LogicCalls(std::unique_ptr<TrainerLogic> logic) : logic_(std::move(logic)) {}

    /// Waits for `function(TrainerLogic&)`, which returns a Result. Errors: its own, and unavailable for what it
    /// throws. A call cannot be cancelled.
    template <class T>
    Task<Result<T>> call(std::function<Result<T>(TrainerLogic&)> function)
    {
        auto job = [this, function = std::move(function)] { return function(*logic_); };
        co_return co_await run_caught(lane_, std::move(job));
    }

    bool is_busy() const { return lane_.waiting() > 0; }

private:
    std::unique_ptr<TrainerLogic> logic_;
    Lane lane_{"the trainer's logic"};
};

} // namespace learning_loop
