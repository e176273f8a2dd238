#include "learning_loop/server/generator/seed.h"

#include "learning_loop/base/hash.h"

namespace learning_loop {

std::uint64_t seed_from(std::string_view text)
{
    auto const hash = sha256(text);
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < 8; ++i) seed = seed << 8U | hash[i];
    return seed;
}

} // namespace learning_loop
