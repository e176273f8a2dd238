#pragma once

#include "learning_loop/base/error.h"

#include <string>

namespace learning_loop {

/// How a step of a training ended.
struct StepOutcome {
    enum class Kind {
        done,
        failed,  ///< It is tried again after a while.
        given_up ///< It would fail again: the training ends.
    };

    Kind kind = Kind::done;
    std::string reason{}; ///< For people, unless it is done.
};

inline StepOutcome step_failed(Error const& error)
{
    return {StepOutcome::Kind::failed, error.message};
}

/// Of an error of the author's logic, or of what the Loop has sent: invalid_argument and unprocessable end a training.
inline StepOutcome step_refused(Error const& error)
{
    bool const is_definite = error.code == Errc::invalid_argument || error.code == Errc::unprocessable;
    return {is_definite ? StepOutcome::Kind::given_up : StepOutcome::Kind::failed, error.message};
}

} // namespace learning_loop
