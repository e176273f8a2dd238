#pragma once

#include "learning_loop/http/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// What to send of a file. By status: 200 all of it, 206 a range, 304 nothing, since the client has the file already,
/// 416 nothing, since there is no such range.
struct FilePart {
    int status = 200;
    std::uint64_t first = 0;
    std::uint64_t count = 0;

    friend bool operator==(FilePart const&, FilePart const&) = default;
};

/// Decides what to send of a file of `size` bytes, by the headers If-None-Match, Range and If-Range of the request (RFC
/// 9110, sections 13 and 14). `etag` is quoted and strong. A request for several ranges gets the whole file, as is
/// allowed.
FilePart part_of_file(Headers const& request, std::uint64_t size, std::string_view etag);

/// Whether the list of an If-None-Match has the tag, weak or strong.
bool names_tag(std::string_view list, std::string_view etag);

} // namespace learning_loop::http
