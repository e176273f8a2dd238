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

/// What a client reads of an answer's head, line by line as it comes. A head that follows an interim one (1xx) begins
/// anew.
struct AnswerHead {
    int status = 0;
    std::chrono::seconds retry_after{0};
    std::string location;
    std::string etag; ///< Empty: none, or a weak one, which does not tell the same bytes.
    std::optional<std::uint64_t> content_length;
    std::optional<ContentRange> content_range;
    bool is_whole = false; ///< The blank line at its end has come.
    bool is_chunked = false;
    bool is_encoded = false; ///< By Content-Encoding: not the bytes that were asked for.

    /// unavailable: the line asks for more than this client does.
    Result<void> take(std::string_view line);

    /// Whether the end of the body can be told from the loss of the connection.
    bool tells_its_end() const { return is_chunked || content_length; }
};

/// What the header Retry-After wants: seconds or a date, at most an hour. Garbage and the past want nothing.
std::chrono::seconds retry_after(std::string_view value, std::chrono::system_clock::time_point now);

} // namespace learning_loop::http
