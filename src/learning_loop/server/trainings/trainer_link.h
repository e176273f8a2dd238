#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/data/context.h"
#include "learning_loop/data/training.h"
#include "learning_loop/http/caller.h"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace learning_loop {

/// A trainer that is connected, as it told of itself last.
struct Trainer {
    TrainingStatus status;
    std::string connection; ///< Another one whenever it connects anew.
    http::Caller caller;    ///< Who it logged in as.
    std::string owner{};    ///< Whose id it is, as of `owner_of`.
};

/// How a trainer answered to `begin_training`.
struct BeginAnswer {
    enum class Kind {
        accepted,
        refused,  ///< It has no time: it may be asked again.
        not_sent, ///< It was gone before it could be asked.
        failed,   ///< It cannot do that; `text` tells why.
        unknown   ///< No answer came: its next report tells.
    };
    Kind kind = Kind::unknown;
    std::string text{};
};

/// Reaches trainers; tests have one of their own. To be used on the io thread.
class TrainerLink {
public:
    TrainerLink() = default;
    TrainerLink(TrainerLink const&) = delete;
    TrainerLink& operator=(TrainerLink const&) = delete;
    virtual ~TrainerLink() = default;

    // What they return is good until the next wait.
    virtual std::vector<Trainer const*> connected() const = 0;
    virtual Trainer const* find(std::string const& id) const = 0; ///< Null: it is not connected.

    virtual bool is_open(std::string const& connection) const = 0; ///< Whether that connection of a trainer still is.

    virtual Task<BeginAnswer> begin(std::string trainer, Context context, boost::json::object details) = 0;

    /// Asks it to end its training with the model that it has. Returns whether it has heard that.
    virtual Task<bool> stop(std::string trainer) = 0;

    /// The same, at once. One that is too old to know that is asked to stop.
    virtual Task<bool> abort(std::string trainer) = 0;
};

} // namespace learning_loop
