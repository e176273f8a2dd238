#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace learning_loop {

using Sha256 = std::array<std::uint8_t, 32>;

/// The hash of the parts as if they were one text. Throws std::runtime_error if OpenSSL fails.
Sha256 sha256(std::span<std::string_view const> parts);

inline Sha256 sha256(std::string_view text)
{
    return sha256(std::span(&text, 1));
}

/// Two digits, 0 to 9 and a to f, for each byte.
std::string hex(std::span<std::uint8_t const> bytes);

} // namespace learning_loop
