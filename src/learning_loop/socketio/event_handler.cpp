#include "learning_loop/socketio/event_handler.h"

namespace learning_loop::socketio {

boost::json::value const& IncomingEvent::next_value()
{
    static boost::json::value const null;
    auto const index = index_++;
    return index < arguments_.values.size() ? arguments_.values[index] : null;
}

std::string IncomingEvent::name() const
{
    return "argument " + std::to_string(index_);
}

Result<void> IncomingEvent::read_next(JsonType const& type, bool may_be_null, void* into)
{
    auto const& value = next_value();
    auto const name_of_value = name(); // the path refers to it
    JsonPath const path(name_of_value);
    if (value.is_null() && !may_be_null) return missing_at(path);
    return type.read(value, path, into);
}

Result<void> IncomingEvent::read_next(Bytes& into)
{
    auto const num = number_of_placeholder(next_value());
    auto const* bytes = num ? arguments_.bytes_of({*num}) : nullptr;
    if (!bytes) return error_at(JsonPath(name()), "expected bytes");
    into = *bytes;
    return {};
}

template Task<Result<Arguments>> ack_of<void>(Task<Result<void>>);
template Task<Result<Arguments>> ack_of<bool>(Task<Result<bool>>);
template Task<Result<Arguments>> ack_of<int>(Task<Result<int>>);
template Task<Result<Arguments>> ack_of<std::string>(Task<Result<std::string>>);
template Task<Result<Arguments>> ack_of<Bytes>(Task<Result<Bytes>>);
template Task<Result<Arguments>> ack_of<boost::json::value>(Task<Result<boost::json::value>>);

} // namespace learning_loop::socketio

namespace learning_loop {

template Task<Result<socketio::Arguments>> refuse_call(Error);
template Task<Result<socketio::Arguments>>
finish_call(std::unique_ptr<Call<socketio::IncomingEvent, socketio::Arguments>>, socketio::IncomingEvent&);
template Task<Result<socketio::Arguments>>
    finish_owning_call(std::unique_ptr<Call<socketio::IncomingEvent, socketio::Arguments>>, socketio::IncomingEvent);
template Task<Result<void>> finish_call(std::unique_ptr<Call<socketio::IncomingEvent, void>>, socketio::IncomingEvent&);

} // namespace learning_loop
