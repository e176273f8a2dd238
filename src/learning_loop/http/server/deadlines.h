#pragma once

#include <chrono>
#include <cstddef>

namespace learning_loop::http {

/// How long a client may take.
struct Deadlines {
    std::chrono::milliseconds header{10'000}; ///< From the first byte of a head to its last; also a TLS handshake.
    std::chrono::milliseconds idle{60'000};   ///< Between two requests.
    std::chrono::milliseconds stall{20'000};  ///< Without a byte of a body or of an answer.
    std::size_t min_bytes_per_second = 500;   ///< On average, of a body or answer that takes longer than `stall`.
};

} // namespace learning_loop::http
