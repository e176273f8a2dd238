#pragma once

#include "learning_loop/async/call.h"
#include "learning_loop/async/task.h"
#include "learning_loop/socketio/arguments.h"
#include "learning_loop/socketio/peer.h"

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

// The signature of a handler says what it takes and what it gives, as it does for a route:
// `Task<Result<Status>> upload(PeerPtr, UploadRequest, Arguments)`.
//
// It takes, in the order of the event's arguments: described structs, texts, numbers, bools, JSON values, optionals and
// lists of them, and Bytes. Anywhere among them it may take the PeerPtr (the connection that sent the event), the
// http::Caller (who opened it), the Arguments (all of them, as they came; their `bytes_of` has the bytes for the
// Attachment fields of a struct), and what a lookup of the Events finds; what that lookup takes of the event's
// arguments stands where its result stands. An argument that is missing or wrong is answered with an error that names
// it. Arguments beyond those that the handler takes are ignored. It gives what the ack carries: one such value,
// Arguments, or nothing.
//
// The templates only convert types. The arguments are read by functions that do not know the types, and there is one
// coroutine for each type of answer, not one for each handler; the common ones are compiled once, in event_handler.cpp.

namespace learning_loop::socketio {

/// Answers an event: returns what its ack carries.
using EventHandler = std::function<Task<Result<Arguments>>(PeerPtr, Arguments)>;

/// An event whose arguments are read one after another.
class IncomingEvent {
public:
    IncomingEvent(PeerPtr peer, Arguments arguments) : peer_(std::move(peer)), arguments_(std::move(arguments)) {}

    PeerPtr const& peer() const { return peer_; }
    Arguments const& arguments() const { return arguments_; }

    /// Reads the next argument. Errors: invalid_argument if it is missing or wrong; the message names its number.
    template <HasJson T>
    Result<void> read_next(T& into)
    {
        constexpr bool may_be_null = reflect_detail::is_optional<T> || std::is_same_v<T, boost::json::value>;
        return read_next(json_type<T>(), may_be_null, &into);
    }
    Result<void> read_next(Bytes& into);

private:
    Result<void> read_next(JsonType const& type, bool may_be_null, void* into);
    boost::json::value const& next_value(); ///< Null if there is none.
    std::string name() const;               ///< Of the value that was read last: `argument 1`.

    PeerPtr peer_;
    Arguments arguments_;
    std::size_t index_ = 0;
};

using EventLookup = Lookup<IncomingEvent>;
using EventLookups = Lookups<EventLookup>;

/// How a parameter of a handler gets its value. Those that are not here are found by a lookup.
template <class T>
struct Parameter {};

template <HasJson T>
struct Parameter<T> {
    static Result<void> read(IncomingEvent& event, T& into) { return event.read_next(into); }
};
template <>
struct Parameter<Bytes> {
    static Result<void> read(IncomingEvent& event, Bytes& into) { return event.read_next(into); }
};
template <>
struct Parameter<PeerPtr> {
    static Result<void> read(IncomingEvent& event, PeerPtr& into)
    {
        into = event.peer();
        return {};
    }
};
template <>
struct Parameter<http::Caller> {
    static Result<void> read(IncomingEvent& event, http::Caller& into)
    {
        into = event.peer()->caller;
        return {};
    }
};
template <>
struct Parameter<Arguments> {
    static Result<void> read(IncomingEvent& event, Arguments& into)
    {
        into = event.arguments();
        return {};
    }
};

/// Waits for a handler's answer and writes it as the arguments of an ack.
template <class Out>
Task<Result<Arguments>> ack_of(Task<Result<Out>> handler)
{
    auto out = co_await std::move(handler);
    if (!out) co_return out.error();
    if constexpr (std::is_void_v<Out>) co_return Arguments();
    else co_return Arguments::of(*out);
}
inline Task<Result<Arguments>> ack_of(Task<Result<Arguments>> handler)
{
    return handler;
}

/// Makes a handler of a member function. Object and lookups must outlive the connections.
template <class Api, class Out, class... In>
EventHandler handler_of(EventLookups const& lookups, Api& api, Task<Result<Out>> (Api::*handler)(In...))
{
    return [&lookups, &api, handler](PeerPtr peer, Arguments arguments) {
        auto function = [&api, handler](In... in) { return ack_of((api.*handler)(std::move(in)...)); };
        IncomingEvent event(std::move(peer), std::move(arguments));
        return call_with_arguments<Arguments, Parameter, In...>(std::move(event), lookups, std::move(function));
    };
}

extern template Task<Result<Arguments>> ack_of<void>(Task<Result<void>>);
extern template Task<Result<Arguments>> ack_of<bool>(Task<Result<bool>>);
extern template Task<Result<Arguments>> ack_of<int>(Task<Result<int>>);
extern template Task<Result<Arguments>> ack_of<std::string>(Task<Result<std::string>>);
extern template Task<Result<Arguments>> ack_of<Bytes>(Task<Result<Bytes>>);
extern template Task<Result<Arguments>> ack_of<boost::json::value>(Task<Result<boost::json::value>>);

} // namespace learning_loop::socketio

namespace learning_loop {

extern template Task<Result<socketio::Arguments>> refuse_call(Error);
extern template Task<Result<socketio::Arguments>>
finish_call(std::unique_ptr<Call<socketio::IncomingEvent, socketio::Arguments>>, socketio::IncomingEvent&);
extern template Task<Result<socketio::Arguments>>
    finish_owning_call(std::unique_ptr<Call<socketio::IncomingEvent, socketio::Arguments>>, socketio::IncomingEvent);
extern template Task<Result<void>> finish_call(std::unique_ptr<Call<socketio::IncomingEvent, void>>,
                                               socketio::IncomingEvent&);

} // namespace learning_loop
