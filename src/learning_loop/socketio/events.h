#pragma once

#include "learning_loop/socketio/event_handler.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace learning_loop::socketio {

/// Which handler answers which event. Must be filled before the connection opens.
class Events {
public:
    Events() = default;
    Events(Events const&) = delete; // its handlers refer to its lookups
    Events& operator=(Events const&) = delete;

    /// Routes an event to a member function `Task<Result<Out>> handler(In...)` of an object that outlives the
    /// connection; event_handler.h says what In and Out may be. Throws std::logic_error if no lookup finds one of In.
    template <class Api, class Out, class... In>
    void on(std::string event, Api& api, Task<Result<Out>> (Api::*handler)(In...))
    {
        (require_lookup<IncomingEvent, Parameter, In>(lookups_), ...);
        handlers_.insert_or_assign(std::move(event), socketio::handler_of(lookups_, api, handler));
    }

    /// Lets handlers take a T: it is found by a member function `Task<Result<T>> find(In...)` of an object that
    /// outlives the connection, and that takes arguments as a handler does. To be called before their events are added.
    template <class Api, class T, class... In>
    void look_up(Api& api, Task<Result<T>> (Api::*find)(In...))
    {
        lookups_.add(typeid(T), {find_by<IncomingEvent, Parameter>(lookups_, api, find)});
    }

    std::vector<std::string> names() const; ///< Of all events that have a handler.

    /// Runs the handler of an event and returns what the ack carries: no arguments if the event has no handler, and an
    /// error without details if the handler throws, which is logged.
    Task<Result<Arguments>> answer_to(std::string event, PeerPtr peer, Arguments arguments) const;

private:
    EventLookups lookups_;
    std::map<std::string, EventHandler, std::less<>> handlers_;
};

/// Calls a function of the application and logs what it throws: that must not end the connections of others.
void notify(std::function<void()> const& application);

/// What a peer is told of an exception: that the log has it, and nothing more.
Error internal_error();

/// For the ack of an event that is beyond the LoadLimits.
Error too_many_events(std::string const& event);

/// `{"error": <message>}`, which nodes send as the ack of an event that failed.
Arguments error_ack(Error const& error);

} // namespace learning_loop::socketio
