#pragma once

#include "learning_loop/async/retry.h"
#include "learning_loop/converter/conversion_choice.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// When models are tried again that something else kept from being converted: the Loop, the network, the disk. Each has
/// a wait of its own, which grows with its tries, so that it never holds up another one.
class PostponedModels {
public:
    using Time = std::chrono::steady_clock::time_point;

    PostponedModels(std::chrono::milliseconds first_wait, std::chrono::milliseconds max_wait)
        : first_wait_(first_wait), max_wait_(max_wait)
    {}

    /// Every try makes the wait longer, at least `least`.
    void add(SourceModel const& model, std::string why, Time now, std::chrono::milliseconds least = {});
    void forget(SourceModel const& model) { models_.erase(key_of(model)); }
    void forget(Context const& project); ///< All models of it.
    void forget_all() { models_.clear(); }

    /// Forgets all but those of the list and those of the projects `unknown`: there are never more than the Loop has.
    void keep(std::vector<Context> const& unknown, std::vector<SourceModel> const& listed);

    Time next_try(SourceModel const& model) const;      ///< Time::min(): it may be tried at once.
    std::optional<Time> next_try_after(Time now) const; ///< Of any model; nullopt: there is none.

    /// What kept the one that is tried first, for people. nullopt: there are none.
    std::optional<std::string> problem() const;

private:
    struct Postponed {
        Context project;
        std::string name;
        std::string why;
        Backoff backoff;
        Time next_try{};
    };
    using Key = std::string;

    static Key key_of(SourceModel const& model);

    std::chrono::milliseconds first_wait_;
    std::chrono::milliseconds max_wait_;
    std::map<Key, Postponed> models_;
};

} // namespace learning_loop
