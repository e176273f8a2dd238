#include "learning_loop/socketio/events.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

namespace learning_loop::socketio {

std::vector<std::string> Events::names() const
{
    std::vector<std::string> names;
    for (auto const& [name, handler] : handlers_) names.push_back(name);
    return names;
}

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
    co_return internal_error();
}

Error internal_error()
{
    return {Errc::unavailable, "internal error: the program's log tells what happened"};
}

void notify(std::function<void()> const& application)
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
