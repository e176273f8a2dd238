#pragma once

#include <boost/describe/enum.hpp>
#include <boost/system/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

/// Which value of a request is wrong, for peers that expect FastAPI's form of a 422.
struct Fault {
    std::string where;                ///< `path`, `query`, `header` or `body`. Empty: not known yet; see `placed_in`.
    std::string field;                ///< Empty: the whole of it.
    std::string type;                 ///< FastAPI's name for what is wrong, such as `missing` or `int_parsing`.
    std::optional<std::string> input; ///< The text that is wrong; empty if it stood in JSON. nullopt: none was sent.
};

struct Error {
    Errc code = Errc::invalid_argument;
    std::string message;                ///< For the person who asked: names the value that was wrong and the remedy.
    std::shared_ptr<Fault const> fault; ///< Null: the message alone tells. // shared: by the copies of the error

    Error() = default;
    Error(Errc code_, std::string message_) : code(code_), message(std::move(message_)) {}
    Error(Errc code_, std::string message_, Fault fault_)
        : code(code_), message(std::move(message_)), fault(std::make_shared<Fault const>(std::move(fault_)))
    {}
};

template <class T>
using Result = boost::system::result<T, Error>;

/// unprocessable: nothing was sent for that field. `where`: see Fault.
Error missing_value(std::string_view where, std::string_view field);

/// unprocessable: what was sent is wrong. The message names the field and the remedy.
Error wrong_value(Fault fault, std::string message);

/// unprocessable: the error of something that was read, with the place it came from. `where`: see Fault.
Error placed_in(std::string_view where, Error const& error);

/// What `value()` of a failed Result calls: throws std::runtime_error with the error's message.
[[noreturn]] void throw_exception_from_error(Error const& error, boost::source_location const& location);

} // namespace learning_loop
