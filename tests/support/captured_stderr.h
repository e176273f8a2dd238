#pragma once

#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace learning_loop::test {

/// What the process writes to stderr while it lives, whoever does: it goes to a file instead.
class CapturedStderr {
public:
    CapturedStderr() : file_(std::tmpfile()), before_(::dup(STDERR_FILENO))
    {
        if (!file_ || before_ < 0 || ::dup2(::fileno(file_), STDERR_FILENO) < 0)
            throw std::runtime_error("stderr cannot be captured");
    }
    CapturedStderr(CapturedStderr const&) = delete;
    CapturedStderr& operator=(CapturedStderr const&) = delete;
    ~CapturedStderr()
    {
        ::dup2(before_, STDERR_FILENO);
        ::close(before_);
        std::fclose(file_);
    }

    std::string text() const
    {
        std::string text;
        std::array<char, 4096> piece{};
        ssize_t got = 0;
        while ((got = ::pread(::fileno(file_), piece.data(), piece.size(), static_cast<off_t>(text.size()))) > 0)
            text.append(piece.data(), static_cast<std::size_t>(got));
        return text;
    }

private:
    std::FILE* file_;
    int before_;
};

} // namespace learning_loop::test
