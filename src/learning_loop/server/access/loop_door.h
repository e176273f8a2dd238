#pragma once

#include "learning_loop/http/api/doorkeeper.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/http/message.h"
#include "learning_loop/http/networks.h"

#include <optional>
#include <string>

namespace learning_loop {

class Accounts;

/// The name of the cookie of a login.
inline constexpr auto* session_cookie = "learning_loop_session";

/// The value of the cookie, if the request has one. Over https only the one with the prefix `__Host-` counts, which no
/// page beyond this host and no plain http can set.
std::optional<std::string> session_cookie_of(http::Request const& request);

/// The Loop's door. Callers are known by the cookie of a login or by a bearer token; detectors in some networks may do
/// what detectors do without either.
class LoopDoor final : public http::Doorkeeper {
public:
    LoopDoor(Accounts const& accounts, http::Networks anonymous_nodes);

    /// not_found: a token for another project asks, and must not learn whether there is what it asks for.
    Result<void> admit(http::Route const& route, http::Request& request) override;

    /// Whether whoever opened a connection with these headers would still be known as that caller.
    bool still_knows(http::Caller const& caller, http::Headers const& headers) const;

    /// Whether a detector there needs no login.
    bool admits_without_login(http::Sender const& sender) const;

private:
    Result<http::Caller> caller_of(http::Request const& request) const;

    Accounts const& accounts_;
    http::Networks anonymous_nodes_;
};

/// Tells how one can log in at this address without a password, or why not.
Error no_anonymous_node(http::Sender const& sender);

} // namespace learning_loop
