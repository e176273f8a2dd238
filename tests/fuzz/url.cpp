// What percent-decoding lets through has no NUL, and survives being encoded and decoded again.
#include "learning_loop/http/url.h"

#include "target.h"

namespace learning_loop::http {
namespace {

using fuzz::require;

constexpr char nul = '\0';

std::string query_of(std::vector<std::pair<std::string, std::string>> const& pairs)
{
    std::string query;
    for (auto const& [key, value] : pairs) query += percent_encoded(key) + "=" + percent_encoded(value) + "&";
    return query;
}

std::string path_of(std::vector<std::string> const& segments)
{
    std::string path;
    for (auto const& segment : segments) path += "/" + percent_encoded(segment);
    return path;
}

void check(std::string_view text)
{
    require(percent_decoded(percent_encoded(text)) == std::string(text), "any text survives being encoded");
    if (auto const decoded = percent_decoded(text))
        require(decoded->find(nul) == std::string::npos, "no escape stands for a NUL");
    if (auto const pairs = decoded_pairs(text)) {
        require(pairs->size() <= 1000, "a query has at most a thousand pairs");
        require(decoded_pairs(query_of(*pairs)) == pairs, "a query survives being written again");
    }
    if (auto const segments = path_segments(text)) {
        for (auto const& segment : *segments) require(!segment.empty(), "empty segments are dropped");
        require(path_segments(path_of(*segments)) == segments, "a path survives being written again");
    }
}

} // namespace
} // namespace learning_loop::http

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const text = learning_loop::fuzz::text_of(data, size);
    if (text.find('\0') != std::string_view::npos) return -1; // HTTP's parser lets none through
    learning_loop::http::check(text);
    return 0;
}
