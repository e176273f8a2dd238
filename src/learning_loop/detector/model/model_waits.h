#pragma once

#include "learning_loop/async/retry.h"
#include "learning_loop/data/detector_status.h"

#include <chrono>
#include <list>

namespace learning_loop {

/// When a model that could not be installed is tried again. Each model has a wait of its own, which grows with its
/// failures, so that it never holds up another one. Those that failed last are remembered.
class ModelWaits {
public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::size_t max_models = 16;

    bool has_failed(DeploymentTarget const& model) const;
    Time next_try(DeploymentTarget const& model) const; ///< Time::min(): it has not failed.

    void add_failure(DeploymentTarget const& model, Time now);
    void forget(DeploymentTarget const& model);
    void forget_all() { failed_.clear(); }

private:
    struct Failed {
        DeploymentTarget model;
        Backoff backoff{std::chrono::seconds(5), std::chrono::seconds(300)};
        Time next_try{};
    };

    std::list<Failed> failed_; ///< The last one first.
};

} // namespace learning_loop
