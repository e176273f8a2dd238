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
        if (auto const room = reserve_room(head, route, *ticket); !room) return room.error();
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

/// What is left of the disk is for the database, which must be able to go on. What others are sending counts as taken.
Result<void> ConnectionContext::reserve_room(HeadParser const& head, Route const& route, RequestLoad::Ticket& ticket)
{
    auto const floor = options.min_free_disk_bytes;
    std::error_code unknown;
    auto const space = std::filesystem::space(options.upload_folder, unknown);
    if (floor == 0 || unknown) return {}; // what is wrong with the folder is told when something is written there
    // A longer body is refused for its length; of chunks nobody knows how many come.
    auto const max_bytes = std::uint64_t{route.max_body_bytes};
    auto const body_bytes = std::min(head.chunked() ? max_bytes : head.content_length().value_or(0), max_bytes);
    // An upload is on the disk as it came and as what is made of it.
    auto const wanted = route.body_kind == BodyKind::upload ? 2 * body_bytes : body_bytes;
    if (space.available < floor + load.reserved_bytes() + wanted) return out_of_disk();
    ticket.reserve(wanted);
    return {};
}

/// Makes room for a request of somebody unknown: of those whose client is waited for, the one that has taken longest
/// may take for ever. Returns false if there is none.
bool ConnectionContext::end_slowest_of(Crowd crowd)
{
    Connection* slowest = nullptr;
    for (auto* connection : connections) {
        auto const phase = connection->wire().phase();
        bool const is_slow = connection->crowd == crowd && (phase == Wire::Phase::body || phase == Wire::Phase::answer);
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
