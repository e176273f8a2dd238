#pragma once

#include <cstddef>

namespace learning_loop {

/// Lets the process keep memory that it has freed for what it allocates next, but for blocks of 16 MiB or more, each of
/// which goes back at once. By itself glibc gives the memory of an image back after each request in some starts of a
/// program and keeps it in others, as the heap happens to lie; and to get it anew costs as much as all the rest of a
/// request. To be called once, before other threads start; does nothing where there is no glibc.
void keep_freed_memory();

/// Asks the kernel for large pages behind a new block, so that one of many megabytes costs some dozen page faults when
/// it is filled, not thousands. Does nothing for blocks below 8 MiB, nor where there are no such pages.
void prefer_large_pages(void* block, std::size_t bytes);

} // namespace learning_loop
