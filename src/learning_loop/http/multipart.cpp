#include "learning_loop/http/multipart.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/http/url.h"

#include <algorithm>
#include <optional>

namespace learning_loop::http {
namespace {

constexpr int max_parts = 1000;
constexpr std::size_t max_header_bytes = 8 * 1024;
constexpr std::size_t max_boundary_characters = 70;
constexpr auto headers_fault = "a part's headers are longer than 8 KiB or have no end";
constexpr auto after_boundary_fault = "ends early or has text after a boundary";

Error broken(std::string_view what)
{
    return {Errc::invalid_argument, "multipart body: " + std::string(what)};
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
        rest = trimmed(rest.substr(equals + 1));
        auto value = parameter_value(rest);
        if (!value) return std::nullopt;
        if (same_name(key, name)) return value;
        rest = rest.substr(std::min(rest.find(';'), rest.size()));
    }
    return std::nullopt;
}

bool is_multipart(std::string_view content_type)
{
    constexpr std::string_view kind = "multipart/";
    return content_type.size() >= kind.size() && same_name(content_type.substr(0, kind.size()), kind) &&
           parameter(content_type, "boundary");
}

/// The text of `UTF-8'en'na%C3%AFve.jpg` (RFC 8187). Returns nullopt if it is broken, or in an unknown encoding.
std::optional<std::string> extended_value(std::string_view value)
{
    auto const charset = value.substr(0, value.find('\''));
    value.remove_prefix(std::min(charset.size() + 1, value.size()));
    auto const language_end = value.find('\'');
    if (language_end == std::string_view::npos) return std::nullopt;
    auto text = percent_decoded(value.substr(language_end + 1));
    if (!text) return std::nullopt;
    if (same_name(charset, "ISO-8859-1")) return utf8_of_latin1(*text);
    if (!same_name(charset, "UTF-8") || !is_utf8(*text)) return std::nullopt;
    return text;
}

/// In the richer of the two ways to write it, if both are there: the plain one has `?` for what it cannot tell.
std::string file_name_in(std::string_view disposition)
{
    auto const extended = parameter(disposition, "filename*");
    auto name = extended ? extended_value(*extended) : std::nullopt;
    return name ? std::move(*name) : parameter(disposition, "filename").value_or("");
}

Result<PartHead> head_of(std::string_view headers)
{
    PartHead head;
    bool named = false;
    while (!headers.empty()) {
        auto const end = std::min(headers.find("\r\n"), headers.size());
        auto const line = headers.substr(0, end);
        headers.remove_prefix(std::min(end + 2, headers.size()));
        auto const colon = line.find(':');
        if (colon == std::string_view::npos) return broken("a part has a header line without a colon");
        auto const value = trimmed(line.substr(colon + 1));
        if (same_name(line.substr(0, colon), "Content-Type")) head.content_type = value;
        if (!same_name(line.substr(0, colon), "Content-Disposition")) continue;
        auto name = parameter(value, "name");
        if (!name) return broken("a part's Content-Disposition has no name");
        named = true;
        head.name = std::move(*name);
        head.file_name = file_name_in(value);
    }
    if (!named) return broken("a part has no Content-Disposition");
    if (is_multipart(head.content_type)) return broken("a part is multipart itself: send its parts one by one");
    return head;
}

} // namespace

Result<MultipartParser> MultipartParser::of(std::string_view content_type)
{
    auto const type = trimmed(content_type.substr(0, std::min(content_type.find(';'), content_type.size())));
    if (!same_name(type, "multipart/form-data")) return broken("Content-Type must be multipart/form-data");
    auto const boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty()) return broken("Content-Type has no boundary");
    if (boundary->size() > max_boundary_characters) return broken("the boundary is longer than 70 characters");
    return MultipartParser(*boundary);
}

Result<void> MultipartParser::feed(std::string_view piece, Sink& sink)
{
    std::string joined;
    if (!held_.empty()) {
        joined = std::move(held_.append(piece));
        held_.clear();
        piece = joined;
    }
    for (;;) {
        auto const goes_on = step(piece, sink);
        if (!goes_on) return goes_on.error();
        if (!*goes_on) break;
    }
    held_.assign(piece);
    return {};
}

Result<void> MultipartParser::finish() const
{
    switch (state_) {
    case State::epilogue: return {};
    case State::preamble: return broken("the boundary that Content-Type names does not occur");
    case State::after_boundary: return broken(after_boundary_fault);
    case State::headers: return broken(headers_fault);
    case State::body: return broken("ends early: a part has no boundary after it");
    }
    return {};
}

/// Takes what it can from the front of `text`. Returns false if it needs more bytes to go on.
Result<bool> MultipartParser::step(std::string_view& text, Sink& sink)
{
    switch (state_) {
    case State::preamble: return skip_preamble(text);
    case State::after_boundary: return pass_boundary(text);
    case State::headers: return read_headers(text, sink);
    case State::body: return pass_data(text, sink);
    case State::epilogue: text = {}; return false; // whatever comes here is allowed and ignored
    }
    return false;
}

/// The first boundary is at the very beginning or behind a line break; what comes before it is ignored.
bool MultipartParser::skip_preamble(std::string_view& text)
{
    auto const first = std::string_view(delimiter_).substr(2);
    if (at_start_ && text.size() < first.size() && first.starts_with(text)) return false;
    if (at_start_ && text.starts_with(first)) {
        text.remove_prefix(first.size());
        state_ = State::after_boundary;
        return true;
    }
    at_start_ = false;
    auto const at = text.find(delimiter_);
    if (at == std::string_view::npos) {
        text.remove_prefix(text.size() - std::min(text.size(), delimiter_.size() - 1));
        return false;
    }
    text.remove_prefix(at + delimiter_.size());
    state_ = State::after_boundary;
    return true;
}

/// Gateways may pad a boundary's line with blanks (RFC 2046, section 5.1.1).
Result<bool> MultipartParser::pass_boundary(std::string_view& text)
{
    auto const padding = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(padding);
    is_padded_ = is_padded_ || padding > 0;
    if (text.size() < 2) return false;
    auto const next = text.substr(0, 2);
    bool const is_last = next == "--" && !is_padded_;
    if (next != "\r\n" && !is_last) return broken(after_boundary_fault);
    text.remove_prefix(2);
    is_padded_ = false;
    state_ = is_last ? State::epilogue : State::headers;
    if (is_last || ++parts_ <= max_parts) return true;
    return Error{Errc::unprocessable, "multipart body: has more than 1000 parts: send less in one request"};
}

Result<bool> MultipartParser::read_headers(std::string_view& text, Sink& sink)
{
    auto const end = text.substr(0, max_header_bytes).find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (text.size() >= max_header_bytes) return broken(headers_fault);
        return false;
    }
    auto head = head_of(text.substr(0, end));
    if (!head) return head.error();
    if (auto const begun = sink.begin(std::move(*head)); !begun) return begun.error();
    text.remove_prefix(end + 4);
    state_ = State::body;
    return true;
}

Result<bool> MultipartParser::pass_data(std::string_view& text, Sink& sink)
{
    auto const at = text.find(delimiter_);
    auto const sure = at != std::string_view::npos ? at : text.size() - std::min(text.size(), delimiter_.size() - 1);
    if (sure > 0) {
        if (auto const passed = sink.data(text.substr(0, sure)); !passed) return passed.error();
        text.remove_prefix(sure);
    }
    if (at == std::string_view::npos) return false;
    if (auto const ended = sink.end(); !ended) return ended.error();
    text.remove_prefix(delimiter_.size());
    state_ = State::after_boundary;
    return true;
}

namespace {

/// Collects the parts of a body that was fed in one piece: then the data of each part comes in one piece, too.
struct Views final : MultipartParser::Sink {
    std::vector<Part> parts;

    Result<void> begin(PartHead head) override
    {
        parts.push_back({std::move(head), {}});
        return {};
    }
    Result<void> data(std::string_view bytes) override
    {
        parts.back().bytes = bytes;
        return {};
    }
    Result<void> end() override { return {}; }
};

} // namespace

Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body)
{
    auto parser = MultipartParser::of(content_type);
    if (!parser) return parser.error();
    Views views;
    if (auto const fed = parser->feed(body, views); !fed) return fed.error();
    if (auto const whole = parser->finish(); !whole) return whole.error();
    return std::move(views.parts);
}

} // namespace learning_loop::http
