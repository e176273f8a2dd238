#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/message.h"
#include "learning_loop/socketio/arguments.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

// What a handler takes and gives is told by its signature, as for a route: `Task<Result<Status>> upload(PeerPtr,
// UploadRequest, Arguments)`.
//
// Taken, in this order of the event's arguments: described structs, texts, numbers, bools, JSON values, optionals and
// lists of them, and Bytes. Beside them, wherever they stand: PeerPtr (who sent it) and Arguments (all of them, as they
// came; with `bytes_of` for the Attachment fields of a struct). What is missing or wrong is an error that names it;
// arguments beyond those taken are ignored. Given: what the ack carries, one value as above, Arguments, or nothing.

namespace learning_loop::socketio {

/// The other side of a connection to a namespace.
struct Peer {
    std::string id; ///< Of this connection to this namespace. No secret.
    std::string nsp = "/";
    http::Headers headers;   ///< Of the handshake. Empty for the server that a client talks to.
    boost::json::value auth; ///< What it sent when it connected; null: nothing.
    std::string session;     ///< Of Engine.IO; a secret.
};
using PeerPtr = std::shared_ptr<Peer const>; // shared: with handlers, which may outlive the connection

namespace events_detail {

using Handler = std::function<Task<Result<Arguments>>(PeerPtr, Arguments)>;

struct Source {
    PeerPtr const& peer;
    Arguments const& arguments;
    std::size_t next = 0;
};

/// The value of the next argument and where it stands; null when there is none.
boost::json::value const& next_value(Source& source, std::string& where);

Result<Bytes> next_bytes(Source& source);

template <class T>
Result<T> take(Source& source)
{
    if constexpr (std::is_same_v<T, PeerPtr>) {
        return source.peer;
    } else if constexpr (std::is_same_v<T, Arguments>) {
        return source.arguments;
    } else if constexpr (std::is_same_v<T, Bytes>) {
        return next_bytes(source);
    } else {
        std::string where;
        auto const& value = next_value(source, where);
        if constexpr (!reflect_detail::is_optional<T> && !std::is_same_v<T, boost::json::value>) {
            if (value.is_null()) return error_at(JsonPath(where), "is missing");
        }
        return from_json<T>(value, JsonPath(where));
    }
}

template <class Out>
Result<Arguments> given(Result<Out> out)
{
    if (!out) return out.error();
    if constexpr (std::is_void_v<Out>) return Arguments{};
    else if constexpr (std::is_same_v<Out, Arguments>) return std::move(*out);
    else return Arguments::of(*out);
}

template <class Api, class Out, class... In>
Task<Result<Arguments>> call(Api& api, Task<Result<Out>> (Api::*handler)(In...), PeerPtr peer, Arguments arguments)
{
    [[maybe_unused]] Source source{peer, arguments};      // a handler may take nothing
    std::tuple<Result<In>...> taken{take<In>(source)...}; // in braces: from left to right
    std::optional<Error> wrong;
    auto const look = [&](auto const& one) {
        if (!wrong && !one) wrong = one.error();
    };
    std::apply([&](auto const&... each) { (look(each), ...); }, taken);
    if (wrong) co_return std::move(*wrong);
    auto running = std::apply([&](auto&... each) { return (api.*handler)(std::move(*each)...); }, taken);
    auto out = co_await std::move(running);
    co_return given<Out>(std::move(out));
}

} // namespace events_detail

/// The events of a connection whose handlers run.
struct Load {
    int events = 0;
    std::size_t bytes = 0;
};

/// Counts an event as in hand, until its handler has ended in whatever way.
class InFlight {
public:
    InFlight(Load& load, std::size_t bytes) : load_(load), bytes_(bytes)
    {
        ++load_.events;
        load_.bytes += bytes_;
    }
    InFlight(InFlight const&) = delete;
    InFlight& operator=(InFlight const&) = delete;
    ~InFlight()
    {
        --load_.events;
        load_.bytes -= bytes_;
    }

private:
    Load& load_;
    std::size_t bytes_;
};

/// How much of a peer's a connection takes in hand at one time.
struct LoadLimits {
    int max_events = 100;
    std::size_t max_bytes = 128u << 20; ///< In memory; one event alone may be more.

    /// Whether an event of so many bytes may be added.
    bool allow(Load const& load, std::size_t bytes) const
    {
        return load.events == 0 || (load.events < max_events && load.bytes + bytes <= max_bytes);
    }
};

/// Which handler answers which event. Filled before the connection is there.
class Events {
public:
    /// Routes to a member function `Task<Result<Out>> handler(In...)` of an object that outlives the connection.
    template <class Api, class Out, class... In>
    void on(std::string event, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        handlers_.insert_or_assign(std::move(event), [&api, handler](PeerPtr peer, Arguments arguments) {
            return events_detail::call(api, handler, std::move(peer), std::move(arguments));
        });
    }

    /// What the ack of an event is to carry. An event that nobody handles gives no arguments; what a handler throws is
    /// logged, and an error that tells nothing of it.
    Task<Result<Arguments>> answer_to(std::string event, PeerPtr peer, Arguments arguments) const;

private:
    std::map<std::string, events_detail::Handler, std::less<>> handlers_;
};

/// Calls it. What an application throws when it is told something is logged: it must not end the connections of others.
void tell(std::function<void()> const& application);

/// What the ack of an event says that would be too much.
Error too_many_events(std::string const& event);

/// `{"error": <message>}`, as nodes answer a failed event.
Arguments error_ack(Error const& error);

} // namespace learning_loop::socketio
