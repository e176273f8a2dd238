#pragma once

#include "learning_loop/base/error.h"

#include <fmt/core.h>

#include <string_view>

namespace learning_loop {

// The log: one line per event on stderr, as `2024-01-31T12:00:00.123Z info [request id] text`. A line cannot be forged:
// control characters are written as `\n`. What is counted or searched for stands as `key=value` at the end of a text,
// with `log::value` around a text from outside: `log::info("stored bytes={} name={}", size, log::value(name))`.
// Thread safe, but for start_log.
namespace log {

enum class Level { trace, debug, info, warn, error, critical };
BOOST_DESCRIBE_ENUM(Level, trace, debug, info, warn, error, critical)

/// What the functions below have in common, compiled once.
void write(Level level, fmt::string_view format, fmt::format_args arguments);
void write_access(fmt::string_view format, fmt::format_args arguments);

template <class... T>
void debug(fmt::format_string<T...> format, T&&... arguments)
{
    write(Level::debug, format, fmt::make_format_args(arguments...));
}

template <class... T>
void info(fmt::format_string<T...> format, T&&... arguments)
{
    write(Level::info, format, fmt::make_format_args(arguments...));
}

template <class... T>
void warn(fmt::format_string<T...> format, T&&... arguments)
{
    write(Level::warn, format, fmt::make_format_args(arguments...));
}

template <class... T>
void error(fmt::format_string<T...> format, T&&... arguments)
{
    write(Level::error, format, fmt::make_format_args(arguments...));
}

template <class... T>
void critical(fmt::format_string<T...> format, T&&... arguments)
{
    write(Level::critical, format, fmt::make_format_args(arguments...));
}

/// A line of the level info, for those that come by the thousand, one per request: they wait in the same buffer, and
/// reach stderr with the next line of the others, or when there are many, or after a second.
template <class... T>
void access(fmt::format_string<T...> format, T&&... arguments)
{
    write_access(format, fmt::make_format_args(arguments...));
}

void set_level(Level level);

Level level();

/// Writes what still waits in the buffer. Lines from `info` on do so themselves; the end of the program does, too,
/// unless it is an `_exit` or a crash.
void flush();

/// The request that this thread works on stands in its lines from now on. The text must live until another is set;
/// empty: none.
void set_request_id(std::string_view id);
std::string_view request_id();

/// A text from outside as the value of a `key=value`: printable, in quotes where it has blanks, `"` or `=`.
struct Value {
    std::string_view text;
};
inline Value value(std::string_view text)
{
    return {text};
}

} // namespace log

/// Lets the log write in its form from now on. Call it first thing in `main`, with the default, and once more when the
/// level is known.
void start_log(log::Level level = log::Level::info);

} // namespace learning_loop

template <>
struct fmt::formatter<learning_loop::log::Value> {
    constexpr auto parse(format_parse_context& context) { return context.begin(); }
    appender format(learning_loop::log::Value value, format_context& context) const;
};
