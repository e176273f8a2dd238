#pragma once

#include "learning_loop/base/secret.h"
#include "learning_loop/http/api/doorkeeper.h"
#include "learning_loop/http/caller.h"

namespace learning_loop::http {

/// The door of a node: everybody who reaches it may use it, and whoever has its token is its operator.
class OperatorDoor final : public Doorkeeper {
public:
    enum class WithoutToken {
        open,  ///< Everybody is the operator.
        closed ///< Nobody is.
    };

    /// `without_token` tells what an empty token means.
    OperatorDoor(Secret token, WithoutToken without_token);

    Result<void> admit(Route const& route, Request& request) override;

    /// For an event of a connection that this door admitted. Errors: forbidden or unauthorized unless it is the
    /// operator's; the message tells the remedy.
    Result<void> check_operator(Caller const& caller) const;

private:
    bool is_operator(Request const& request) const;

    Secret token_;
    WithoutToken without_token_;
};

} // namespace learning_loop::http
