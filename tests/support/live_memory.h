#pragma once

#include <cstddef>

namespace learning_loop::test {

/// What this process has allocated and not freed. What is resident would tell less: glibc keeps the free end of each
/// thread's arena, some megabytes in all, and which threads there are differs from run to run.
double memory_bytes();

/// What of it the system had to find room for: memory that was never written costs nothing.
double resident_bytes();

/// How far two looks at memory_bytes may differ though nothing was kept: by what threads hold in store for small
/// blocks.
constexpr double memory_noise = 1024 * 1024;

/// False under the thread sanitizer, which has an allocator of its own.
bool memory_tells_something();

/// How many files and sockets this process has open.
std::size_t open_descriptors();

} // namespace learning_loop::test
