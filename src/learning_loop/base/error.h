#pragma once

#include <boost/describe/enum.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace learning_loop {

/// The ways an operation may fail that its caller is expected to handle.
/// A broken world (disk gone, database damaged, bug) is an exception instead.
enum class Errc {
    invalid_argument, ///< HTTP 400
    unauthorized,     ///< 401
    forbidden,        ///< 403
    not_found,        ///< 404
    conflict,         ///< 409
    too_large,        ///< 413
    unprocessable,    ///< 422
    too_many,         ///< 429
    unavailable,      ///< 503: try again later
    out_of_space      ///< 507
};
BOOST_DESCRIBE_ENUM(Errc, invalid_argument, unauthorized, forbidden, not_found, conflict, too_large, unprocessable,
                    too_many, unavailable, out_of_space)

struct Error {
    Errc code = Errc::invalid_argument;
    std::string message; ///< For the person who asked: names the value that was wrong and the remedy.

    Error() = default;
    Error(Errc code_, std::string message_) : code(code_), message(std::move(message_)) {}
};

template <class T>
using Result = boost::system::result<T, Error>;

/// What `value()` of a failed Result calls: throws std::runtime_error with the error's message.
[[noreturn]] void throw_exception_from_error(Error const& error, boost::source_location const& location);

} // namespace learning_loop
