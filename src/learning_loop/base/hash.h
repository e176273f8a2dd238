#pragma once

#include <array>
#include <cstdint>
#include <memory>
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

/// The hash of a text that comes in parts, one after the other. Throws std::runtime_error if OpenSSL fails.
class Sha256Sum {
public:
    Sha256Sum();
    Sha256Sum(Sha256Sum&& other) noexcept;
    Sha256Sum& operator=(Sha256Sum&&) = delete;
    ~Sha256Sum();

    void add(std::string_view part);
    Sha256 finish(); ///< To be called once, at the end.

private:
    struct Context;
    std::unique_ptr<Context> context_; // out of sight, so that nobody else includes OpenSSL
};

/// Two digits, 0 to 9 and a to f, for each byte.
std::string hex(std::span<std::uint8_t const> bytes);

} // namespace learning_loop
