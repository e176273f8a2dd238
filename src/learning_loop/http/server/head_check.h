#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

struct HeadLimits {
    std::size_t request_line_bytes = 8 * 1024;
    std::size_t bytes = 16 * 1024; ///< Of the whole head, its last empty line included.
    std::size_t fields = 100;
};

/// Why a head is refused.
struct HeadFault {
    int status = 400;
    std::string message;
};

/// Where the head ends in what has come so far: just behind its empty line. Nothing: not yet.
std::optional<std::size_t> end_of_head(std::string_view received);

/// What is wrong with a head that has not ended yet, as soon as it can be told.
std::optional<HeadFault> fault_of_beginning(std::string_view received, HeadLimits const& limits);

/// What is wrong with a whole head, as far as the parser behind would let it pass: two readings of one request are how
/// requests are smuggled past a proxy (RFC 9112, section 11.2). Line ends are CRLF, no line is folded, no name has
/// blanks, there is one length or one Transfer-Encoding, which is `chunked`.
std::optional<HeadFault> fault_of_head(std::string_view head, HeadLimits const& limits);

} // namespace learning_loop::http
