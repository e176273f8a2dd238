#pragma once

#include <sys/resource.h>

#include <csignal>

namespace learning_loop::test {

/// While it lives, the kernel refuses longer files of this process with EFBIG, as a full disk or a quota refuses them.
class ShortOfSpace {
public:
    explicit ShortOfSpace(rlim_t max_bytes)
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit const limit{max_bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ShortOfSpace(ShortOfSpace const&) = delete;
    ShortOfSpace& operator=(ShortOfSpace const&) = delete;
    ~ShortOfSpace() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

} // namespace learning_loop::test
