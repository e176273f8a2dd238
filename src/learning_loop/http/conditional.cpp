#include "learning_loop/http/conditional.h"

#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

/// The range of `bytes=2-5`, `bytes=2-` or `bytes=-5`. Returns nullopt for every other header: it must be ignored.
std::optional<FilePart> range_in(std::string_view header, std::uint64_t size)
{
    auto const equals = header.find('=');
    if (equals == std::string_view::npos || !same_name(trimmed(header.substr(0, equals)), "bytes")) return std::nullopt;
    auto const range = trimmed(header.substr(equals + 1));
    auto const dash = range.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    auto const first = parse_whole_number(trimmed(range.substr(0, dash)));
    auto const last_text = trimmed(range.substr(dash + 1));
    auto const last = parse_whole_number(last_text);
    FilePart const none{416, 0, 0};
    if (dash == 0) { // the last bytes of the file
        if (!last) return std::nullopt;
        auto const count = std::min(*last, size);
        return count == 0 ? none : FilePart{206, size - count, count};
    }
    if (!first || (!last && !last_text.empty()) || (last && *last < *first)) return std::nullopt;
    if (*first >= size) return none;
    return FilePart{206, *first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

} // namespace

bool names_tag(std::string_view list, std::string_view etag)
{
    while (!list.empty()) {
        auto const end = std::min(list.find(','), list.size());
        auto tag = trimmed(list.substr(0, end));
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag || tag == "*") return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

FilePart part_of_file(Headers const& request, std::uint64_t size, std::string_view etag)
{
    if (auto const known = request.find("If-None-Match"); known && names_tag(*known, etag)) return {304, 0, 0};
    auto const range = request.find("Range");
    auto const only_if = request.find("If-Range"); // the tag of what the client has a part of; a date never matches
    if (range && (!only_if || trimmed(*only_if) == etag)) {
        if (auto const part = range_in(*range, size)) return *part;
    }
    return {200, 0, size};
}

} // namespace learning_loop::http
