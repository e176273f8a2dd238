#include "learning_loop/http/server/head_check.h"

#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

Refusal malformed(std::string const& what)
{
    return error_response(400, "this is not HTTP/1.1: " + what);
}

Refusal line_too_long(HeadLimits const& limits)
{
    return error_response(414, "the request line is longer than " + std::to_string(limits.request_line_bytes) +
                                   " bytes: ask for less in one request");
}

Refusal head_too_long(HeadLimits const& limits)
{
    return error_response(431, "the headers are longer than " + std::to_string(limits.bytes) + " bytes or more than " +
                                   std::to_string(limits.fields));
}

bool is_token_character(char c)
{
    bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_length(std::string_view value)
{
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What a head says about where the body ends.
struct Framing {
    int lengths = 0;
    int encodings = 0;

    Admitted<> add(std::string_view name, std::string_view value)
    {
        if (same_name(name, "Content-Length")) {
            if (!is_length(value)) return malformed("Content-Length is no number");
            if (++lengths > 1) return malformed("Content-Length comes twice");
        } else if (same_name(name, "Transfer-Encoding")) {
            if (!same_name(value, "chunked") || ++encodings > 1)
                return malformed("Transfer-Encoding may be `chunked`, once, and nothing else");
        }
        return {};
    }
};

Admitted<> check_field(std::string_view line, Framing& framing)
{
    if (line.front() == ' ' || line.front() == '\t') return malformed("a header is folded over several lines");
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return malformed("a header has no name or no colon");
    auto const name = line.substr(0, colon);
    if (!std::all_of(name.begin(), name.end(), is_token_character)) return malformed("a header's name is invalid");
    return framing.add(name, trimmed(line.substr(colon + 1)));
}

/// Whether there is one half of a CRLF alone. The last byte may be a CR, since its LF may still come.
bool has_lone_line_end(std::string_view text)
{
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
        if (at == 0 || text[at - 1] != '\r') return true;
    }
    for (auto at = text.find('\r'); at < text.size() - 1; at = text.find('\r', at + 1)) {
        if (text[at + 1] != '\n') return true;
    }
    return false;
}

bool is_control(char c)
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

} // namespace

std::optional<std::size_t> end_of_head(std::string_view received)
{
    auto const at = received.find("\r\n\r\n");
    return at == std::string_view::npos ? std::nullopt : std::optional(at + 4);
}

Admitted<> check_beginning(std::string_view received, HeadLimits const& limits)
{
    auto const line_end = received.find('\n');
    auto const max_without_end = limits.request_line_bytes + 1; // the CR at its end may have come already
    if (line_end == std::string_view::npos && received.size() > max_without_end) return line_too_long(limits);
    if (received.size() > limits.bytes) return head_too_long(limits);
    if (received.find('\0') != std::string_view::npos) return malformed("a NUL in the head");
    if (!received.empty() && has_lone_line_end(received)) return malformed("a line that does not end in CRLF");
    return {};
}

Admitted<> check_head(std::string_view head, HeadLimits const& limits)
{
    auto const line_end = head.find("\r\n");
    if (line_end > limits.request_line_bytes) return line_too_long(limits);
    if (head.size() > limits.bytes) return head_too_long(limits);
    Framing framing;
    std::size_t fields = 0;
    for (auto rest = head; rest != "\r\n";) {
        auto const end = rest.find("\r\n");
        auto const line = rest.substr(0, end);
        bool const is_request_line = rest.data() == head.data();
        rest.remove_prefix(end + 2);
        if (std::any_of(line.begin(), line.end(), is_control)) return malformed("a control character in the head");
        if (is_request_line) continue;
        if (++fields > limits.fields) return head_too_long(limits);
        if (auto const checked = check_field(line, framing); !checked) return checked;
    }
    if (framing.lengths > 0 && framing.encodings > 0)
        return malformed("Content-Length and Transfer-Encoding exclude each other");
    return {};
}

} // namespace learning_loop::http
