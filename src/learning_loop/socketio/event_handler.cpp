#include "learning_loop/socketio/event_handler.h"

namespace learning_loop::socketio {

/// Returns nullptr after an error, or if the argument is missing and must not be.
boost::json::value const* ArgumentReader::next_value(bool may_be_null)
{
    static boost::json::value const null;
    if (error_) return nullptr;
    auto const index = index_++;
    where_ = "argument " + std::to_string(index + 1);
    auto const& value = index < arguments_.values.size() ? arguments_.values[index] : null;
    if (!value.is_null() || may_be_null) return &value;
    error_ = error_at(JsonPath(where_), "is missing");
    return nullptr;
}

void ArgumentReader::read_next(JsonType const& type, bool may_be_null, void* into)
{
    auto const* value = next_value(may_be_null);
    if (!value) return;
    if (auto const read = type.read(*value, JsonPath(where_), into); !read) error_ = read.error();
}

Bytes ArgumentReader::next_bytes()
{
    auto const* value = next_value(true);
    if (!value) return {};
    auto const num = number_of_placeholder(*value);
    auto const* bytes = num ? arguments_.bytes_of({*num}) : nullptr;
    if (bytes) return *bytes;
    error_ = error_at(JsonPath(where_), "expected bytes");
    return {};
}

Task<Result<Arguments>> refuse_arguments(Error error)
{
    co_return error;
}

template Task<Result<Arguments>> ack_of<void>(Task<Result<void>>);
template Task<Result<Arguments>> ack_of<bool>(Task<Result<bool>>);
template Task<Result<Arguments>> ack_of<int>(Task<Result<int>>);
template Task<Result<Arguments>> ack_of<std::string>(Task<Result<std::string>>);
template Task<Result<Arguments>> ack_of<Bytes>(Task<Result<Bytes>>);
template Task<Result<Arguments>> ack_of<boost::json::value>(Task<Result<boost::json::value>>);

} // namespace learning_loop::socketio
