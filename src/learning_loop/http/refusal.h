#pragma once

#include "learning_loop/http/message.h"

namespace learning_loop::http {

/// The answer to a request that is refused before or instead of its handler. Beside errors it has what only the
/// protocol knows, such as the statuses 405 and 408.
struct Refusal {
    Response response;

    Refusal() = default;
    Refusal(Response response_) : response(std::move(response_)) {}
    Refusal(Error const& error) : response(error_response(error)) {}
};

/// What goes on with a request that was let through, or else the answer that refuses it.
template <class T = void>
using Admitted = boost::system::result<T, Refusal>;

/// What `value()` of a refused request calls: throws std::logic_error.
[[noreturn]] void throw_exception_from_error(Refusal const& refusal, boost::source_location const& location);

} // namespace learning_loop::http
