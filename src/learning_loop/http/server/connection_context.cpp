#include "learning_loop/http/server/connection_context.h"

#include "learning_loop/http/server/connection.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

Crowd crowd_of(Route const& route, Caller const& caller)
{
    if (caller.kind != Caller::Kind::nobody) return Crowd::known;
    return route.access == Access::everybody ? Crowd::visitors : Crowd::unknown;
}

bool waits_for_client(Wire::Phase phase)
{
    return phase == Wire::Phase::body || phase == Wire::Phase::answer || phase == Wire::Phase::lingering;
}

} // namespace

ConnectionContext::ConnectionContext(Router const& router_, ServerOptions const& options_, RequestMetrics& metrics_,
                                     std::string id_prefix_)
    : router(router_),
      options(options_),
      metrics(metrics_),
      budget(options_.max_body_bytes_in_memory),
      load(options_.requests, budget),
      path_prefix(path_prefix_of(options_.public_url)),
      id_prefix(std::move(id_prefix_))
{}

Result<RequestLoad::Ticket> ConnectionContext::let_in(HeadParser const& head, Route const& route, Request& request,
                                                      Connection& connection)
{
    if (auto const known = router.admit(route, request); !known) return known.error();
    auto const crowd = crowd_of(route, request.caller);
    auto ticket = load.begin(request.sender, crowd);
    if (!ticket) return ticket.error();
    if (route.needs_room) {
        if (auto const room = check_room(head, route); !room) return room.error();
    }
    if (load.is_too_large(crowd) && !end_slowest_of(crowd)) {
        return Error{Errc::too_many,
                     "too many requests without a login are open: try again, or log in, since those who "
                     "are known have room of their own"};
    }
    connection.crowd = crowd;
    request.budget = ticket->memory();
    return ticket;
}

/// What is left of the disk is for the database, which must be able to go on. Only a first look, so that nobody sends
/// in vain: what is kept is checked once more when it is written.
Result<void> ConnectionContext::check_room(HeadParser const& head, Route const& route) const
{
    auto const floor = options.min_free_disk_bytes;
    std::error_code unknown;
    auto const space = std::filesystem::space(options.upload_folder, unknown);
    if (floor == 0 || unknown) return {}; // what is wrong with the folder is told when something is written there
    // A longer body is refused for its length.
    auto const wanted = std::min<std::uint64_t>(head.content_length().value_or(0), route.max_body_bytes);
    return space.available >= floor + wanted ? Result<void>() : out_of_disk();
}

/// Makes room for a request of somebody unknown: of those whose client is waited for, the one that has taken longest
/// may take for ever. Returns false if there is none.
bool ConnectionContext::end_slowest_of(Crowd crowd)
{
    Connection* slowest = nullptr;
    for (auto* connection : connections) {
        bool const is_slow = connection->crowd == crowd && waits_for_client(connection->wire().phase());
        if (is_slow && (!slowest || connection->wire().since() < slowest->wire().since())) slowest = connection;
    }
    if (!slowest) return false;
    slowest->crowd.reset(); // it is chosen once
    slowest->wire().close();
    return true;
}

std::string_view ConnectionContext::path_in(std::string_view target) const
{
    if (path_prefix.empty() || !target.starts_with(path_prefix)) return target;
    auto const rest = target.substr(path_prefix.size());
    if (rest.empty()) return "/";
    return rest.front() == '/' ? rest : target;
}

} // namespace learning_loop::http
