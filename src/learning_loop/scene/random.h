#pragma once

#include <cstdint>

namespace learning_loop {

/// A small random number generator (SplitMix64) whose numbers are the same with every compiler and library, which the
/// distributions of <random> do not promise. Each thread must have its own.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        state_ += 0x9e3779b97f4a7c15U;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }

    double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; } ///< 0 to below 1.
    double uniform(double low, double high) { return low + (high - low) * uniform(); }

    /// Both ends included.
    int integer(int low, int high) { return low + static_cast<int>(uniform() * (high - low + 1)); }

    bool chance(double probability) { return uniform() < probability; } ///< `probability` is 0 to 1.

    /// A generator of its own, so that drawing more or fewer numbers in one part of a scene leaves the others as they
    /// are.
    Random fork() { return Random(next()); }

private:
    std::uint64_t state_;
};

} // namespace learning_loop
