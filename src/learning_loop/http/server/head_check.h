#pragma once

#include "learning_loop/http/refusal.h"

#include <optional>
#include <string_view>

namespace learning_loop::http {

struct HeadLimits {
    std::size_t request_line_bytes = 8 * 1024;
    std::size_t bytes = 16 * 1024; ///< Of the whole head, its last empty line included.
    std::size_t fields = 100;
};

/// Returns where the head ends in what has come so far: just behind its empty line. nullopt: it has not ended yet.
std::optional<std::size_t> end_of_head(std::string_view received);

/// Checks what has come of a head that has not ended yet. Refuses it with 400, 414 or 431.
Admitted<> check_beginning(std::string_view received, HeadLimits const& limits);

/// Checks a whole head for what Beast's parser would let pass but another program might read differently: this is how
/// requests are smuggled past a proxy (RFC 9112, section 11.2). All line ends must be CRLF, no line may be folded, no
/// name may have blanks, and there must be at most one Content-Length or one Transfer-Encoding, which must be
/// `chunked`. Refuses it with 400, 414 or 431.
Admitted<> check_head(std::string_view head, HeadLimits const& limits);

} // namespace learning_loop::http
