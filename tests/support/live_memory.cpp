#include "support/live_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#if defined(__SANITIZE_THREAD__)
#define LL_OTHER_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LL_OTHER_ALLOCATOR 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes(); // Debian's GCC has no header that declares it
#endif

namespace learning_loop::test {

double memory_bytes()
{
#if defined(__SANITIZE_ADDRESS__)
    return static_cast<double>(__sanitizer_get_current_allocated_bytes());
#else
    auto const figures = ::mallinfo2(); // of all arenas
    return static_cast<double>(figures.uordblks + figures.hblkhd);
#endif
}

double resident_bytes()
{
    ::malloc_trim(0);
    std::ifstream statm("/proc/self/statm");
    double all = 0;
    double resident = 0;
    statm >> all >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

bool memory_tells_something()
{
#ifdef LL_OTHER_ALLOCATOR
    return false;
#else
    return true;
#endif
}

std::size_t open_descriptors()
{
    std::filesystem::directory_iterator const open("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(open), end(open))) - 1; // but the one that lists them
}

} // namespace learning_loop::test
