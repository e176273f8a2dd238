// Whatever a client asks for, what is sent lies within the file. The input's lines are Range, If-Range and
// If-None-Match.
#include "learning_loop/http/conditional.h"

#include "target.h"

#include <algorithm>
#include <limits>

namespace learning_loop::http {
namespace {

using fuzz::require;

void check(std::string_view text)
{
    Headers headers;
    for (auto const* name : {"Range", "If-Range", "If-None-Match"}) {
        auto const end = std::min(text.find('\n'), text.size());
        if (end > 0) headers.add(name, std::string(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (std::uint64_t const size :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, std::numeric_limits<std::uint64_t>::max()}) {
        auto const part = part_of_file(headers, size, "\"abc\"");
        require(part.first <= size && part.count <= size - part.first, "a part lies within its file");
        if (part.status == 200) require(part.first == 0 && part.count == size, "200 sends the whole file");
        else if (part.status == 206) require(part.count > 0, "a range has bytes");
        else require((part.status == 304 || part.status == 416) && part.count == 0, "else nothing is sent");
    }
}

} // namespace
} // namespace learning_loop::http

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    learning_loop::http::check(learning_loop::fuzz::text_of(data, size));
    return 0;
}
