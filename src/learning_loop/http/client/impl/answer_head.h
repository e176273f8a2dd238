#pragma once

#include "learning_loop/base/error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// The bytes that a 206 carries, as its Content-Range tells.
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t total = 0;
};

/// The head of an answer, read line by line as it comes. If another head follows an interim one (1xx), it replaces
/// that.
struct AnswerHead {
    int status = 0;
    std::chrono::seconds retry_after{0};
    std::string location;
    std::string etag; ///< Empty: none, or a weak one, which does not stand for the same bytes.
    std::optional<std::uint64_t> content_length;
    std::optional<ContentRange> content_range;
    bool is_whole = false; ///< The blank line at its end has come.
    bool is_chunked = false;
    bool is_encoded = false; ///< By Content-Encoding: these are not the bytes that were asked for.

    /// Takes a line. Errors: unavailable if this client does not support what it asks for.
    Result<void> take(std::string_view line);

    /// Whether the client will notice if the end of the body is missing.
    bool has_end() const { return is_chunked || content_length; }
};

/// The wait that a header Retry-After asks for, as seconds or as a date; at most an hour. 0 if it is invalid, or a date
/// in the past.
std::chrono::seconds retry_after(std::string_view value, std::chrono::system_clock::time_point now);

} // namespace learning_loop::http
