#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace learning_loop::fuzz {

/// Ends the run with a finding.
inline void require(bool promise, std::string_view what)
{
    if (promise) return;
    std::cerr << "broken promise: " << what << "\n";
    std::abort();
}

inline std::string_view text_of(std::uint8_t const* data, std::size_t size)
{
    return {reinterpret_cast<char const*>(data), size};
}

} // namespace learning_loop::fuzz

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
