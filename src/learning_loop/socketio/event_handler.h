#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/socketio/arguments.h"
#include "learning_loop/socketio/peer.h"

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

// The signature of a handler says what it takes and what it gives, as it does for a route:
// `Task<Result<Status>> upload(PeerPtr, UploadRequest, Arguments)`.
//
// It takes, in the order of the event's arguments: described structs, texts, numbers, bools, JSON values, optionals and
// lists of them, and Bytes. Anywhere among them it may take the PeerPtr (who sent the event) and the Arguments (all of
// them, as they came; their `bytes_of` has the bytes for the Attachment fields of a struct). An argument that is
// missing or wrong is answered with an error that names it. Arguments beyond those that the handler takes are ignored.
// It gives what the ack carries: one such value, Arguments, or nothing.
//
// The templates only convert types. The arguments are read by functions that do not know the types, and there is one
// coroutine for each type of answer, not one for each handler; the common ones are compiled once, in event_handler.cpp.

namespace learning_loop::socketio {

/// Answers an event: returns what its ack carries.
using EventHandler = std::function<Task<Result<Arguments>>(PeerPtr, Arguments)>;

/// Reads the arguments of an event one after another, and keeps the first error.
class ArgumentReader {
public:
    /// Both must outlive the reader.
    ArgumentReader(PeerPtr const& peer, Arguments const& arguments) : peer_(peer), arguments_(arguments) {}

    PeerPtr const& peer() const { return peer_; }
    Arguments const& arguments() const { return arguments_; }

    /// Returns the next argument. Its value means nothing if there was an error.
    template <class T>
    T next()
    {
        constexpr bool may_be_null = reflect_detail::is_optional<T> || std::is_same_v<T, boost::json::value>;
        T value{};
        read_next(json_type<T>(), may_be_null, &value);
        return value;
    }
    Bytes next_bytes(); ///< The same for bytes.

    std::optional<Error> const& error() const { return error_; } ///< nullopt if all that was read is right.

private:
    boost::json::value const* next_value(bool may_be_null);
    void read_next(JsonType const& type, bool may_be_null, void* into);

    PeerPtr const& peer_;
    Arguments const& arguments_;
    std::size_t index_ = 0;
    std::string where_; ///< Of the argument that was read last: `argument 1`.
    std::optional<Error> error_;
};

/// How a parameter of a handler gets its value.
template <class T>
struct HandlerParameter {
    static T read(ArgumentReader& reader) { return reader.next<T>(); }
};
template <>
struct HandlerParameter<Bytes> {
    static Bytes read(ArgumentReader& reader) { return reader.next_bytes(); }
};
template <>
struct HandlerParameter<PeerPtr> {
    static PeerPtr read(ArgumentReader& reader) { return reader.peer(); }
};
template <>
struct HandlerParameter<Arguments> {
    static Arguments read(ArgumentReader& reader) { return reader.arguments(); }
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

/// The answer to an event whose arguments are wrong.
Task<Result<Arguments>> refuse_arguments(Error error);

/// Makes a handler of a member function. The object must outlive the connections.
template <class Api, class Out, class... In>
EventHandler handler_of(Api& api, Task<Result<Out>> (Api::*handler)(In...))
{
    return [&api, handler](PeerPtr peer, Arguments arguments) {
        ArgumentReader reader(peer, arguments);
        std::tuple<In...> taken{HandlerParameter<In>::read(reader)...}; // in braces: from left to right
        if (reader.error()) return refuse_arguments(*reader.error());
        return ack_of(std::apply([&](In&... each) { return (api.*handler)(std::move(each)...); }, taken));
    };
}

extern template Task<Result<Arguments>> ack_of<void>(Task<Result<void>>);
extern template Task<Result<Arguments>> ack_of<bool>(Task<Result<bool>>);
extern template Task<Result<Arguments>> ack_of<int>(Task<Result<int>>);
extern template Task<Result<Arguments>> ack_of<std::string>(Task<Result<std::string>>);
extern template Task<Result<Arguments>> ack_of<Bytes>(Task<Result<Bytes>>);
extern template Task<Result<Arguments>> ack_of<boost::json::value>(Task<Result<boost::json::value>>);

} // namespace learning_loop::socketio
