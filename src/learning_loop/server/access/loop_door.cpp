#include "learning_loop/server/access/loop_door.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/cookies.h"
#include "learning_loop/server/accounts/accounts.h"
#include "learning_loop/server/projects/project_lookup.h"

#include <algorithm>

namespace learning_loop {
namespace {

using http::Access;

std::string_view param_of(http::Request const& request, std::string_view name)
{
    auto const& params = request.path_params;
    auto const found = std::find_if(params.begin(), params.end(), [&](auto const& one) { return one.first == name; });
    return found == params.end() ? std::string_view() : found->second;
}

/// A token for one project sees nothing of the others, not even that they exist.
Result<void> check_scope(http::Request const& request)
{
    auto const& only = request.caller.only;
    if (!only) return {};
    auto const organization = param_of(request, "organization");
    auto const project = param_of(request, "project");
    if (organization.empty()) return {}; // its handler asks the caller
    if (project.empty()) {
        return Error{Errc::forbidden, "this token is for the project " + only->organization + "/" + only->project +
                                          " alone, and this is about an organization"};
    }
    if (request.caller.sees(organization, project)) return {};
    return no_such_project(std::string(organization), std::string(project));
}

Error needs_login(http::Request const& request, Access access)
{
    if (access == Access::detectors) return no_anonymous_node(request.sender);
    return {Errc::unauthorized, "log in first (POST /api/login), or send a token as `Authorization: Bearer <token>`: "
                                "`learning-loop token create` makes one"};
}

Error may_not(http::Caller const& caller, Access access)
{
    auto const who = access == Access::operators ? "people who run this Loop" : "people, and scripts with a token,";
    return {Errc::forbidden, "'" + printable(caller.name) + "' may not do this: it is for " + who + " alone"};
}

} // namespace

std::optional<std::string> session_cookie_of(http::Request const& request)
{
    auto secure = request.cookie(http::name_on_the_wire({session_cookie, {}, {}, true}));
    if (secure || request.sender.over_tls)
        return secure; // a proxy may not tell of each request that it came over https
    return request.cookie(session_cookie);
}

LoopDoor::LoopDoor(Accounts const& accounts, http::Networks anonymous_nodes)
    : accounts_(accounts), anonymous_nodes_(std::move(anonymous_nodes))
{}

Result<void> LoopDoor::admit(http::Route const& route, http::Request& request)
{
    auto const access = route.access.value();
    auto caller = caller_of(request);
    if (!caller && access == Access::everybody) return {};
    if (!caller) return caller.error();
    request.caller = std::move(*caller);
    if (request.caller.may >= access) return check_scope(request);
    if (request.caller.kind == http::Caller::Kind::nobody) return needs_login(request, access);
    return may_not(request.caller, access);
}

bool LoopDoor::still_knows(http::Caller const& caller, http::Headers const& headers) const
{
    if (caller.kind == http::Caller::Kind::nobody) return true; // its address does not change
    http::Request again;
    again.headers = headers;
    auto const now = caller_of(again);
    return now && *now == caller;
}

bool LoopDoor::admits_without_login(http::Sender const& sender) const
{
    return sender.is_certain && anonymous_nodes_.contains(sender.address);
}

/// An invalid token is refused even where a detector needs none, so that whoever sends it learns that it was revoked. A
/// cookie that has expired is none: peers log in again when they are refused.
Result<http::Caller> LoopDoor::caller_of(http::Request const& request) const
{
    if (auto const token = request.bearer_token()) {
        if (auto caller = accounts_.find_token(*token)) return std::move(*caller);
        return Error{Errc::unauthorized, "the bearer token is unknown, revoked or has expired: make a new one with "
                                         "`learning-loop token create`"};
    }
    if (auto const cookie = session_cookie_of(request)) {
        if (auto caller = accounts_.find_session(*cookie)) return std::move(*caller);
    }
    http::Caller nobody;
    if (admits_without_login(request.sender)) nobody.may = Access::detectors;
    return nobody;
}

Error no_anonymous_node(http::Sender const& sender)
{
    auto const who =
        sender.address.empty() ? std::string("whoever comes through this proxy") : "the address " + sender.address;
    return {Errc::unauthorized, who + " needs a login or a token here: give the node one (`learning-loop token create "
                                      "--node NAME` prints its settings), or add its network to ANONYMOUS_NODES"};
}

} // namespace learning_loop
