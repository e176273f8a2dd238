#include "learning_loop/base/impl/log_sink.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>
#include <utility>

namespace learning_loop::impl {
namespace {

constexpr std::size_t flushed_at_bytes = 32 * 1024;
constexpr std::size_t max_waiting_bytes = 256 * 1024;

/// A pipe or terminal that is ready for more takes at least this much without waiting.
constexpr std::size_t piece_bytes = PIPE_BUF;

/// Whether stderr takes a piece right now. A file always does.
bool takes_more()
{
    pollfd stderr_now{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&stderr_now, 1, 0) > 0;
}

} // namespace

void LogSink::sink_it_(spdlog::details::log_msg const& event)
{
    if (lines_.size() >= max_waiting_bytes) {
        ++lost_lines_;
        return;
    }
    if (auto const lost = std::exchange(lost_lines_, 0); lost > 0)
        fmt::format_to(fmt::appender(lines_), "({} lines of the log are lost: nobody read them)\n", lost);
    formatter_->format(event, lines_);
    if (lines_.size() >= flushed_at_bytes) write_out();
}

/// A reader of the log that is slow or gone must not hold up the program: lines that stderr does not take wait, and
/// once too many wait, new ones are lost.
void LogSink::write_out()
{
    std::string_view rest(lines_.data(), lines_.size());
    while (!rest.empty() && takes_more()) {
        auto const written = ::write(STDERR_FILENO, rest.data(), std::min(rest.size(), piece_bytes));
        if (written >= 0) rest.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR && errno != EAGAIN) rest = {}; // it is closed
    }
    std::memmove(lines_.data(), rest.data(), rest.size());
    lines_.resize(rest.size());
}

} // namespace learning_loop::impl
