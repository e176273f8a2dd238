#pragma once

#include "learning_loop/base/new_file.h"

#include <string>
#include <string_view>

namespace learning_loop {

/// A new file that is written in many small pieces. It goes with this unless it was finished.
class GrowingFile {
public:
    static Result<GrowingFile> create(std::filesystem::path const& path)
    {
        auto file = NewFile::create(path);
        if (!file) return file.error();
        return GrowingFile(std::move(*file));
    }

    Result<void> append(std::string_view text)
    {
        waiting_ += text;
        return waiting_.size() < piece_bytes ? Result<void>() : flush();
    }

    /// Writes what waits. Errors: out_of_space, as of the others.
    Result<void> flush()
    {
        auto written = file_.append(waiting_);
        waiting_.clear();
        return written;
    }

    Result<void> finish()
    {
        if (auto const written = flush(); !written) return written;
        if (auto const closed = file_.close(); !closed) return closed;
        file_.keep();
        return {};
    }

private:
    static constexpr std::size_t piece_bytes = std::size_t{64} << 10;

    explicit GrowingFile(NewFile file) : file_(std::move(file)) {}

    NewFile file_;
    std::string waiting_;
};

} // namespace learning_loop
