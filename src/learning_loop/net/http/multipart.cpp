#include "learning_loop/net/http/multipart.h"

#include "learning_loop/net/http/message.h"

#include <optional>

namespace learning_loop::http {
namespace {

constexpr std::size_t most_parts = 1000;
constexpr std::size_t most_header_bytes = 8 * 1024;
constexpr std::size_t most_boundary_characters = 70;

Error broken(std::string_view what)
{
    return {Errc::invalid_argument, "multipart body: " + std::string(what)};
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Reads `"quoted \" text"` or a bare token from the front of `rest`.
std::optional<std::string> parameter_value(std::string_view& rest)
{
    std::string value;
    if (rest.empty() || rest.front() != '"') {
        auto const end = std::min(rest.find(';'), rest.size());
        value = trimmed(rest.substr(0, end));
        rest.remove_prefix(end);
        return value;
    }
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return value;
        }
        // Browsers escape only the quote; a lone backslash is a character of the name.
        if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
        value += rest[i];
    }
    return std::nullopt;
}

/// The parameter `name` of a header value such as `form-data; name="file"; filename="a.jpg"`.
std::optional<std::string> parameter(std::string_view header, std::string_view name)
{
    auto rest = header.substr(std::min(header.find(';'), header.size()));
    while (!rest.empty()) {
        rest.remove_prefix(1); // the semicolon
        auto const equals = rest.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        auto const key = trimmed(rest.substr(0, equals));
        rest = rest.substr(equals + 1);
        auto value = parameter_value(rest);
        if (!value) return std::nullopt;
        if (same_name(key, name)) return value;
        rest = rest.substr(std::min(rest.find(';'), rest.size()));
    }
    return std::nullopt;
}

Result<Part> part_of(std::string_view headers, std::string_view bytes)
{
    Part part;
    part.bytes = bytes;
    bool named = false;
    while (!headers.empty()) {
        auto const end = std::min(headers.find("\r\n"), headers.size());
        auto const line = headers.substr(0, end);
        headers.remove_prefix(std::min(end + 2, headers.size()));
        auto const colon = line.find(':');
        if (colon == std::string_view::npos) return broken("a part has a header line without a colon");
        auto const value = trimmed(line.substr(colon + 1));
        if (same_name(line.substr(0, colon), "Content-Type")) part.content_type = value;
        if (!same_name(line.substr(0, colon), "Content-Disposition")) continue;
        auto name = parameter(value, "name");
        if (!name) return broken("a part's Content-Disposition has no name");
        named = true;
        part.name = std::move(*name);
        part.file_name = parameter(value, "filename").value_or("");
    }
    if (!named) return broken("a part has no Content-Disposition");
    return part;
}

} // namespace

Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body)
{
    auto const type = trimmed(content_type.substr(0, std::min(content_type.find(';'), content_type.size())));
    if (!same_name(type, "multipart/form-data")) return broken("Content-Type must be multipart/form-data");
    auto const boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty()) return broken("Content-Type has no boundary");
    if (boundary->size() > most_boundary_characters) return broken("the boundary is longer than 70 characters");

    auto const first = "--" + *boundary;
    auto const between = "\r\n" + first;
    std::size_t at = body.substr(0, first.size()) == first ? first.size() : std::string_view::npos;
    if (at == std::string_view::npos) { // a preamble before the first boundary is allowed, and ignored
        at = body.find(between);
        if (at == std::string_view::npos) return broken("the boundary that Content-Type names does not occur");
        at += between.size();
    }
    std::vector<Part> parts;
    while (body.substr(at, 2) != "--") {
        if (body.substr(at, 2) != "\r\n") return broken("ends early or has text after a boundary");
        if (parts.size() == most_parts) return broken("has more than 1000 parts");
        at += 2;
        auto const headers_end = body.substr(at, most_header_bytes).find("\r\n\r\n");
        if (headers_end == std::string_view::npos)
            return broken("a part's headers are longer than 8 KiB or have no end");
        auto const headers = body.substr(at, headers_end);
        at += headers_end + 4;
        auto const end = body.find(between, at);
        if (end == std::string_view::npos) return broken("ends early: a part has no boundary after it");
        auto part = part_of(headers, body.substr(at, end - at));
        if (!part) return part.error();
        parts.push_back(std::move(*part));
        at = end + between.size();
    }
    return parts;
}

} // namespace learning_loop::http
