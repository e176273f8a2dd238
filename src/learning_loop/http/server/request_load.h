#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/http/body_budget.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/http/server/server_options.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace learning_loop::http {

/// Those whose requests share a bound.
enum class Crowd {
    known,   ///< The doorkeeper knows them.
    unknown, ///< It does not, and they ask for what is not for everybody: detectors without a login.
    visitors ///< It does not, and they ask for what is for everybody: logins, pages.
};

/// Bounds what senders may ask for at one time, by address and for each crowd that nobody knows: so no sender takes all
/// the room, who is unknown cannot crowd out who is known, and neither of them keeps anybody from a login. To be used
/// on the io thread.
class RequestLoad {
    struct Group {
        BodyBudget memory;
        BodyBudget uploads;
        std::size_t open = 0;
    };
    using Key = std::pair<std::string, Crowd>; ///< With the address.
    using Addresses = std::map<Key, Group>;

public:
    /// `memory` is for the bodies of all senders together.
    RequestLoad(RequestLimits const& limits, BodyBudget memory);

    /// A request that is not answered yet.
    class Ticket {
    public:
        Ticket(Ticket&& other) noexcept;
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket() { give_back(); }

        BodyBudget& memory() { return memory_; }   ///< For what the sender's bodies take.
        BodyBudget& uploads() { return uploads_; } ///< The same on the disk.
        void give_back();                          ///< It is answered, or became something else: a WebSocket.

    private:
        friend class RequestLoad;
        Ticket(RequestLoad& load, Group const& group) : load_(&load), memory_(group.memory), uploads_(group.uploads) {}

        RequestLoad* load_; ///< Null: it was given back.
        BodyBudget memory_;
        BodyBudget uploads_;
        std::optional<Addresses::iterator> address_;
        Crowd crowd_ = Crowd::known;
    };

    /// Whether the crowd has more open requests than it may.
    bool is_too_large(Crowd crowd) const;

    /// Errors: too_many if the sender has too many open requests.
    Result<Ticket> begin(Sender const& sender, Crowd crowd);

    std::size_t open() const { return all_.open; }

private:
    Group& group_of(Crowd crowd);
    std::optional<Addresses::iterator> group_of(Sender const& sender, Crowd crowd);

    RequestLimits limits_;
    Group all_;
    Group unknown_;
    Group visitors_;
    Addresses addresses_;
};

} // namespace learning_loop::http
