#include "learning_loop/base/memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib> // tells whether this is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace learning_loop {

void keep_freed_memory()
{
#ifdef __GLIBC__
    constexpr int first_block_that_goes_back = 16 << 20, most_kept_at_the_end_of_a_heap = 64 << 20;
    mallopt(M_MMAP_THRESHOLD, first_block_that_goes_back);
    mallopt(M_TRIM_THRESHOLD, most_kept_at_the_end_of_a_heap);
#endif
}

void prefer_large_pages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes)
{
#ifdef MADV_HUGEPAGE
    constexpr std::size_t least_bytes = std::size_t{8} << 20, page_bytes = 4096;
    if (bytes < least_bytes) return;
    auto const begin = (reinterpret_cast<std::uintptr_t>(block) + page_bytes - 1) / page_bytes * page_bytes;
    auto const end = (reinterpret_cast<std::uintptr_t>(block) + bytes) / page_bytes * page_bytes;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE); // only advice: it may fail
#endif
}

} // namespace learning_loop
