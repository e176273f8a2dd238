#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Follows a text file that another program appends to: each call reads only what is new. Blocks; for one thread at a
/// time. A line is what a terminal would show in the end: of a progress bar (`\r`) its last state, without the escapes
/// that colour it.
class LogTail {
public:
    /// `max_kept`: lines that `last` keeps.
    explicit LogTail(std::filesystem::path file, std::size_t max_kept = 200);

    /// Passes over what was written before, but the last `bytes` of it. A part of a line counts as one.
    void skip_to_last(std::uint64_t bytes);

    /// The whole lines that are new since the last call, without their ends; a file that does not exist has none, one
    /// that became shorter is read anew. A line longer than 64 KiB is cut. At most 1 MiB is read at once: call again.
    std::vector<std::string> read_new();

    /// The newest is the last; also a line whose end has not come yet, as of a progress bar that runs.
    std::deque<std::string> const& last() const { return last_; }

private:
    std::string read_piece();
    void take(std::string_view text);
    void keep(std::string line);

    std::filesystem::path file_;
    std::size_t max_kept_;
    std::uint64_t offset_ = 0;
    std::string begun_; ///< A line whose end has not come yet.
    std::deque<std::string> last_;
    bool last_is_begun_ = false; ///< The last of `last_` is `begun_`.
};

/// Moves the content of a log that has more than `max_bytes` to the file `older`, whose own is lost, so that two logs
/// never fill a disk. Whoever writes to it must append (O_APPEND), and goes on in the log that is empty then. If there
/// is no room, the content is lost. Blocks.
void bound_log(std::filesystem::path const& log, std::filesystem::path const& older,
               std::uint64_t max_bytes = std::uint64_t{64} << 20U);

/// As one text, a line each.
std::string joined_lines(std::deque<std::string> const& lines);

} // namespace learning_loop
