// A head that is let through to the parser has one reading: no controls, one framing, within its limits.
#include "learning_loop/base/text.h"
#include "learning_loop/http/message.h"
#include "learning_loop/http/server/head_check.h"

#include "target.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

using fuzz::require;

bool is_forbidden(char c)
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f;
}

/// How many lines begin with this name and a colon, whatever stands between the two.
int lines_named(std::string_view head, std::string_view name)
{
    int count = 0;
    for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
        auto const line = head.substr(at + 1, head.find('\n', at + 1) - at - 1);
        auto const key = line.substr(0, line.find_first_of(": \t\r"));
        if (line.find(':') != std::string_view::npos && same_name(key, name)) ++count;
    }
    return count;
}

void check_accepted(std::string_view head, HeadLimits const& limits)
{
    require(head.size() <= limits.bytes, "a head is within its limit");
    require(std::none_of(head.begin(), head.end(), is_forbidden), "no control characters");
    auto const lines = static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n'));
    require(lines <= limits.fields + 2, "at most as many fields as are allowed");
    require(lines == static_cast<std::size_t>(std::count(head.begin(), head.end(), '\r')), "line ends are CRLF");
    require(lines_named(head, "Content-Length") + lines_named(head, "Transfer-Encoding") <= 1, "one framing");
}

void check(std::string_view received)
{
    HeadLimits const limits{.request_line_bytes = 200, .bytes = 1000, .fields = 10};
    auto const end = end_of_head(received);
    if (!end) return;
    auto const head = received.substr(0, *end);
    auto const checked = check_head(head, limits);
    if (checked) check_accepted(head, limits);
    auto const status = checked ? 0 : checked.error().response.status;
    require(checked || status == 400 || status == 414 || status == 431, "a status for what is wrong");
    for (std::size_t cut = 0; cut < head.size(); ++cut)
        require(!checked || check_beginning(head.substr(0, cut), limits), "a beginning is no worse than the whole");
}

} // namespace
} // namespace learning_loop::http

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    learning_loop::http::check(learning_loop::fuzz::text_of(data, size));
    return 0;
}
