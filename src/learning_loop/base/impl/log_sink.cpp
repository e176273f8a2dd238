#include "learning_loop/base/impl/log_sink.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace learning_loop::impl {
namespace {

constexpr std::size_t most_waiting_bytes = 32 * 1024;
constexpr int patience_ms = 1000;

/// Waits until stderr, which somebody made non-blocking, takes more. False: it does not.
bool takes_more()
{
    pollfd stderr_now{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&stderr_now, 1, patience_ms) > 0;
}

} // namespace

void LogSink::sink_it_(spdlog::details::log_msg const& event)
{
    formatter_->format(event, lines_);
    if (lines_.size() >= most_waiting_bytes) write_out();
}

void LogSink::write_out()
{
    std::string_view rest(lines_.data(), lines_.size());
    while (!rest.empty()) {
        auto const written = ::write(STDERR_FILENO, rest.data(), rest.size());
        if (written >= 0) rest.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EAGAIN && takes_more()) continue;
        else if (errno != EINTR) break; // a log that cannot be written must not end or hold up the program
    }
    lines_.clear();
}

} // namespace learning_loop::impl
