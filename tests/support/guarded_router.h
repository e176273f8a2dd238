#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/server/operator_door.h"
#include "support/run.h"

#include <string>

namespace learning_loop::test {

/// The routes of a node that has a token. The tests ask them as its operator, unless they say otherwise.
struct GuardedRouter {
    Io io;
    http::OperatorDoor door{Secret("of the node"), http::OperatorDoor::WithoutToken::closed};
    http::Router router;

    GuardedRouter() { router.guard(door); }

    /// An empty token: none is sent.
    http::Response get(std::string const& path, http::Headers::List query = {},
                       std::string const& token = "of the node")
    {
        auto const match = router.match("GET", path);
        if (!match) return http::text_response("no such route", 404);
        http::Request request;
        request.query = std::move(query);
        request.path_params = match->path_params;
        if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
        if (auto const admitted = router.admit(*match->route, request); !admitted)
            return http::error_response(admitted.error());
        return io.run(http::Router::answer_to(*match->route, std::move(request)));
    }

    std::string body_of(std::string const& path, http::Headers::List query = {})
    {
        return std::get<std::string>(get(path, std::move(query)).body);
    }
};

} // namespace learning_loop::test
