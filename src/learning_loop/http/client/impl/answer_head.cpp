#include "learning_loop/http/client/impl/answer_head.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/message.h"

#include <curl/curl.h>

#include <algorithm>

namespace learning_loop::http {
namespace {

constexpr std::chrono::seconds max_wait{3600};

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// `bytes 5-9/10`
std::optional<ContentRange> content_range(std::string_view value)
{
    constexpr std::string_view unit = "bytes ";
    auto const dash = value.find('-');
    auto const slash = value.find('/');
    if (!value.starts_with(unit) || dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
        return std::nullopt;
    auto const first = parse_whole_number(value.substr(unit.size(), dash - unit.size()));
    auto const last = parse_whole_number(value.substr(dash + 1, slash - dash - 1));
    auto const total = parse_whole_number(value.substr(slash + 1));
    if (!first || !last || !total || *last < *first || *last + 1 != *total) return std::nullopt;
    return ContentRange{*first, *total};
}

} // namespace

std::chrono::seconds retry_after(std::string_view value, std::chrono::system_clock::time_point now)
{
    using std::chrono::seconds;
    if (value.empty()) return seconds(0);
    if (std::all_of(value.begin(), value.end(), is_digit)) {
        std::uint64_t const max = max_wait.count();
        return seconds(std::min(parse_whole_number(value).value_or(max), max)); // nullopt: too large
    }
    // libcurl reads all kinds of dates. The three kinds of HTTP all begin with a weekday and have a time.
    if (is_digit(value.front()) || value.find(':') == std::string_view::npos) return seconds(0);
    auto const date = curl_getdate(std::string(value).c_str(), nullptr);
    if (date < 0) return seconds(0);
    // Rounded up: a client that comes too early would be refused again.
    auto const wait = std::chrono::ceil<seconds>(std::chrono::system_clock::from_time_t(date) - now);
    return std::clamp(wait, seconds(0), max_wait);
}

Result<void> AnswerHead::take(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {
        *this = {};
        auto const blank = std::min(line.find(' '), line.size());
        status = static_cast<int>(parse_whole_number(trimmed(line.substr(blank)).substr(0, 3)).value_or(0));
        return {};
    }
    if (line.empty()) is_whole = true;
    auto const colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    auto const name = line.substr(0, colon);
    auto const value = trimmed(line.substr(colon + 1));
    if (same_name(name, "Retry-After")) retry_after = http::retry_after(value, std::chrono::system_clock::now());
    else if (same_name(name, "Location")) location = value;
    else if (same_name(name, "ETag")) etag = value.starts_with('"') ? value : std::string_view();
    else if (same_name(name, "Content-Length")) content_length = parse_whole_number(value);
    else if (same_name(name, "Content-Range")) content_range = http::content_range(value);
    else if (same_name(name, "Content-Encoding")) is_encoded = !value.empty() && !same_name(value, "identity");
    else if (same_name(name, "Transfer-Encoding")) {
        is_chunked = same_name(value, "chunked");
        // libcurl would decompress it without having been asked to.
        if (!is_chunked) return Error{Errc::unavailable, "the answer is compressed, which nobody asked for"};
    }
    return {};
}

} // namespace learning_loop::http
