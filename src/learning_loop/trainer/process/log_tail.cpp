#include "learning_loop/trainer/process/log_tail.h"

#include "learning_loop/base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace learning_loop {
namespace {

constexpr std::size_t max_piece_bytes = std::size_t{1} << 20U;
constexpr std::size_t max_line_bytes = std::size_t{64} << 10U;
constexpr char escape = '\x1b';

/// Behind an escape of a terminal: `ESC [ <parameters> <letter>`, else ESC and one byte.
std::size_t behind_escape(std::string_view text, std::size_t at)
{
    if (text.substr(at + 1, 1) != "[") return std::min(at + 2, text.size());
    auto const end = text.find_first_not_of("0123456789;:?", at + 2);
    return end == std::string_view::npos ? text.size() : end + 1;
}

std::string without_escapes(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == escape) at = behind_escape(text, at);
        else plain.push_back(text[at++]);
    }
    return plain;
}

/// What a terminal shows of a line: what stands behind the last `\r` that does not end it.
std::string shown(std::string_view line)
{
    while (line.ends_with('\r')) line.remove_suffix(1);
    return without_escapes(line.substr(line.rfind('\r') + 1));
}

} // namespace

LogTail::LogTail(std::filesystem::path file, std::size_t max_kept) : file_(std::move(file)), max_kept_(max_kept) {}

void LogTail::skip_to_last(std::uint64_t bytes)
{
    std::error_code missing;
    auto const size = std::filesystem::file_size(file_, missing);
    if (!missing && size > bytes) offset_ = size - bytes;
}

std::vector<std::string> LogTail::read_new()
{
    auto const piece = read_piece();
    std::string_view text = piece;
    std::vector<std::string> lines;
    if (std::exchange(last_is_begun_, false)) last_.pop_back();
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        take(text.substr(0, end));
        text.remove_prefix(end + 1);
        lines.push_back(shown(std::exchange(begun_, {})));
        keep(lines.back());
    }
    take(text);
    last_is_begun_ = !begun_.empty() && max_kept_ > 0;
    if (last_is_begun_) keep(shown(begun_));
    return lines;
}

std::string LogTail::read_piece()
{
    Descriptor const file(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat found = {};
    if (!file.is_open() || ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode)) return {};
    if (static_cast<std::uint64_t>(found.st_size) < offset_) {
        offset_ = 0;
        begun_.clear();
    }
    auto const left = static_cast<std::uint64_t>(found.st_size) - offset_;
    std::string piece(std::min<std::uint64_t>(left, max_piece_bytes), '\0');
    auto const got = ::pread(file.get(), piece.data(), piece.size(), static_cast<off_t>(offset_));
    piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    offset_ += piece.size();
    return piece;
}

/// Adds to the line that has begun. Of a progress bar only the last state is kept, so that it stays short.
void LogTail::take(std::string_view text)
{
    begun_ += text;
    auto const last_text = begun_.find_last_not_of('\r');
    auto const overwritten = last_text == std::string::npos ? last_text : begun_.rfind('\r', last_text);
    if (overwritten != std::string::npos) begun_.erase(0, overwritten + 1);
    if (begun_.size() > max_line_bytes) begun_.resize(max_line_bytes);
}

void LogTail::keep(std::string line)
{
    last_.push_back(std::move(line));
    if (last_.size() > max_kept_) last_.pop_front();
}

void bound_log(std::filesystem::path const& log, std::filesystem::path const& older, std::uint64_t max_bytes)
{
    std::error_code error;
    auto const size = std::filesystem::file_size(log, error);
    if (error || size <= max_bytes) return;
    std::filesystem::copy_file(log, older, std::filesystem::copy_options::overwrite_existing, error);
    if (error) std::filesystem::remove(older, error);
    std::filesystem::resize_file(log, 0, error);
}

std::string joined_lines(std::deque<std::string> const& lines)
{
    std::string text;
    for (auto const& line : lines) text.append(line).append("\n");
    return text;
}

} // namespace learning_loop
