#pragma once

#include "learning_loop/http/access.h"

#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// Where a request came from, as far as its connection and a trusted proxy tell.
struct Sender {
    std::string address;    ///< The client's. Empty: unknown, since a proxy did not tell it.
    bool is_certain = true; ///< False: the request tells of a proxy that nobody vouches for, or does not tell enough.
    bool over_tls = false;  ///< The client came over https, to this server or to the proxy.
};

/// The one project that a token is for.
struct ProjectScope {
    std::string organization;
    std::string project;

    bool operator==(ProjectScope const&) const = default;
};

/// Who sent a request, and what they may. Handlers may take it as an argument.
struct Caller {
    enum class Kind { nobody, node, script, user };
    Kind kind = Kind::nobody;
    std::string name;                 ///< The node's, script's or user's. Empty: nobody.
    Access may = Access::everybody;   ///< The most that they may do.
    std::optional<ProjectScope> only; ///< Absent: every project.

    bool operator==(Caller const&) const = default;

    bool sees(std::string_view organization, std::string_view project) const
    {
        return !only || (only->organization == organization && only->project == project);
    }
};

} // namespace learning_loop::http
