#pragma once

#include <cstdint>

namespace learning_loop::http {

/// The codes with which this side closes a WebSocket (RFC 6455, section 7.4.1).
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    policy_violation = 1008,
    too_big = 1009,
    try_again_later = 1013
};

} // namespace learning_loop::http
