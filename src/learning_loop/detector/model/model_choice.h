#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/node/loop_client.h"

#include <cstdint>
#include <optional>
#include <string>

namespace learning_loop {

/// Which model a detector is to run: the one that its Loop deploys, or another that somebody chose instead. To be used
/// on the io thread.
class ModelChoice {
public:
    ModelChoice(LoopClient& loop, VersionControl control) : loop_(loop), control_(control) {}

    /// Asks which model the Loop deploys. If it does not tell, the last one stays.
    Task<> ask_loop();

    /// `follow_loop`, `pause` or a version. What was chosen last counts, also if the Loop is still being asked for what
    /// was chosen before. Errors: invalid_argument if it is none of them, or the Loop has no such version; with the
    /// text that peers know.
    Task<Result<void>> choose(std::string text);

    /// As after a start: nothing is to be installed until the Loop was asked.
    void start_anew(VersionControl control);

    void forget_targets(); ///< Until the Loop is asked again.

    VersionControl control() const { return control_; }
    std::optional<DeploymentTarget> const& target() const { return target_; }
    std::optional<DeploymentTarget> const& loop_target() const { return loop_target_; }

    /// The target, unless the Loop, which is followed, now wants one that must not be installed.
    std::optional<DeploymentTarget> installable() const;

    std::optional<std::string> const& problem() const { return problem_; } ///< Why the Loop could not be asked.
    std::optional<std::string> const& refusal() const { return refusal_; } ///< Why its model must not be installed.

private:
    Task<Result<void>> choose_version(std::string version, std::uint64_t choice);

    LoopClient& loop_;
    VersionControl control_;
    std::optional<DeploymentTarget> loop_target_;
    std::optional<DeploymentTarget> target_;
    std::optional<std::string> problem_;
    std::optional<std::string> refusal_;
    std::uint64_t choices_ = 0; ///< So far.
};

} // namespace learning_loop
