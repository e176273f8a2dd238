#include "learning_loop/socketio/events.h"

#include "learning_loop/base/log.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

namespace learning_loop::socketio {
namespace events_detail {

boost::json::value const& next_value(Source& source, std::string& where)
{
    static boost::json::value const none;
    auto const index = source.next++;
    where = "argument " + std::to_string(index + 1);
    return index < source.arguments.values.size() ? source.arguments.values[index] : none;
}

Result<Bytes> next_bytes(Source& source)
{
    std::string where;
    auto const num = number_of_placeholder(next_value(source, where));
    auto const* bytes = num ? source.arguments.bytes_of({*num}) : nullptr;
    if (!bytes) return error_at(JsonPath(where), "expected bytes");
    return *bytes;
}

} // namespace events_detail

Task<Result<Arguments>> Events::answer_to(std::string event, PeerPtr peer, Arguments arguments) const
{
    auto const found = handlers_.find(event);
    if (found == handlers_.end()) {
        log::debug("Socket.IO: nobody handles the event {}", printable(event));
        co_return Arguments{};
    }
    std::exception_ptr aborted;
    try {
        co_return co_await found->second(std::move(peer), std::move(arguments));
    } catch (boost::system::system_error const& failure) {
        if (failure.code() == boost::asio::error::operation_aborted) aborted = std::current_exception();
        log::error("event {}: {}", printable(event), failure.what());
    } catch (std::exception const& failure) {
        log::error("event {}: {}", printable(event), failure.what());
    }
    auto const state = co_await boost::asio::this_coro::cancellation_state;
    bool const is_ours = state.cancelled() != boost::asio::cancellation_type::none;
    if (aborted && is_ours) std::rethrow_exception(aborted); // we are shutting down
    co_return Error{Errc::unavailable, "internal error: the program's log tells what happened"};
}

void tell(std::function<void()> const& application)
{
    try {
        application();
    } catch (std::exception const& failure) {
        log::error("Socket.IO: {}", failure.what());
    }
}

Error too_many_events(std::string const& event)
{
    return {Errc::too_many, event + ": too many events at once: wait for their acks"};
}

Arguments error_ack(Error const& error)
{
    return Arguments::of(boost::json::value{{"error", error.message}});
}

} // namespace learning_loop::socketio
