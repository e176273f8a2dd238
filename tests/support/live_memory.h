#pragma once

#include <cstddef>

namespace learning_loop::test {

/// Resident memory of this process, without what the allocator holds in store for later. The address sanitizer keeps
/// what was freed, and a shadow of it: there it is what is allocated.
double memory_bytes();

/// How far two looks at it may differ though nothing was kept: the allocator's doing.
constexpr double memory_noise = 3.0 * 1024 * 1024;

/// False under the thread sanitizer, which keeps a shadow of all memory.
bool memory_tells_something();

/// Lets glibc give large blocks back when they are freed: else each makes it keep more of what is freed after it.
void give_memory_back_at_once();

/// How many files and sockets this process has open.
std::size_t open_descriptors();

} // namespace learning_loop::test
