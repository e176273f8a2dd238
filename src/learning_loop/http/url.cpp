#include "learning_loop/http/url.h"

#include "learning_loop/base/text.h"

#include <boost/url/parse.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace learning_loop::http {
namespace {

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Calls `use` with each part between the separators.
template <class Use>
bool each_part(std::string_view text, char separator, Use use)
{
    while (!text.empty()) {
        auto const end = std::min(text.find(separator), text.size());
        if (!use(text.substr(0, end))) return false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

/// 1 to 65535. Boost.URL's own `port_number` wraps around: 65616 would be 80.
std::optional<std::uint16_t> port_in(std::string_view digits)
{
    auto const port = parse_whole_number(digits);
    if (!port || *port == 0 || !std::in_range<std::uint16_t>(*port)) return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        int const high = hex_digit(text[i + 1]);
        int const low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) out += c;
        else out.append({'%', digits[byte >> 4U], digits[byte & 0x0fU]});
    }
    return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> decoded_pairs(std::string_view text)
{
    constexpr std::size_t max_pairs = 1000;
    std::vector<std::pair<std::string, std::string>> pairs;
    auto const add = [&](std::string_view part) {
        std::string spaced(part);
        std::replace(spaced.begin(), spaced.end(), '+', ' ');
        auto const equals = std::min(spaced.find('='), spaced.size());
        auto key = percent_decoded(std::string_view(spaced).substr(0, equals));
        auto value = percent_decoded(std::string_view(spaced).substr(std::min(equals + 1, spaced.size())));
        if (!key || !value || pairs.size() == max_pairs) return false;
        if (!part.empty()) pairs.emplace_back(std::move(*key), std::move(*value));
        return true;
    };
    if (!each_part(text, '&', add)) return std::nullopt;
    return pairs;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path)
{
    std::vector<std::string> segments;
    auto const add = [&](std::string_view part) {
        auto segment = percent_decoded(part);
        if (!segment) return false;
        if (!segment->empty()) segments.push_back(std::move(*segment));
        return true;
    };
    if (!each_part(path, '/', add)) return std::nullopt;
    return segments;
}

std::string path_of(std::string_view pattern,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> params)
{
    std::string path;
    while (!pattern.empty()) {
        auto const begin = std::min(pattern.find('{'), pattern.size());
        path += pattern.substr(0, begin);
        pattern.remove_prefix(begin);
        if (pattern.empty()) break;
        auto const name = pattern.substr(1, pattern.find('}') - 1);
        pattern.remove_prefix(name.size() + 2);
        auto const param =
            std::find_if(params.begin(), params.end(), [&](auto const& one) { return one.first == name; });
        if (param == params.end()) throw std::logic_error("a path lacks its " + std::string(name));
        path += percent_encoded(param->second);
    }
    return path;
}

std::string_view take_scheme(std::string_view& text)
{
    for (std::string_view const begin : {"http://", "https://"}) {
        if (!text.starts_with(begin)) continue;
        text.remove_prefix(begin.size());
        return begin.substr(0, begin.find(':'));
    }
    return {};
}

std::optional<Authority> parse_authority(std::string_view text)
{
    auto const view = boost::urls::parse_authority({text.data(), text.size()});
    if (!view || view->has_userinfo()) return std::nullopt;
    auto const host = view->encoded_host_address(); // a %-escape has no place in a name that is looked up or compared
    if (host.empty()) return std::nullopt;
    Authority authority{std::string(host.data(), host.size()), std::nullopt};
    auto const port = view->port();
    if (port.empty()) return authority; // `name:` is the same as `name`
    authority.port = port_in({port.data(), port.size()});
    if (!authority.port) return std::nullopt;
    return authority;
}

std::optional<Url> parse_url(std::string_view text)
{
    Url url;
    url.scheme = take_scheme(text);
    if (url.scheme.empty()) return std::nullopt;
    auto const end = std::min(text.find_first_of("/?#"), text.size());
    auto authority = parse_authority(text.substr(0, end));
    if (!authority) return std::nullopt;
    url.authority_text = text.substr(0, end);
    if (url.authority_text.ends_with(':')) url.authority_text.pop_back();
    url.authority = std::move(*authority);
    url.path_and_query = text.substr(end);
    return url;
}

bool is_plain_path(std::string_view path)
{
    auto const is_plain = [](char c) {
        bool const is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return is_letter || std::string_view("/-._~").find(c) != std::string_view::npos;
    };
    bool const begins_well = path.empty() || path.front() == '/';
    return begins_well && std::all_of(path.begin(), path.end(), is_plain) &&
           path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos;
}

std::string path_prefix_of(std::optional<Url> const& url)
{
    auto path = url ? url->path_and_query : std::string();
    while (path.ends_with('/')) path.pop_back();
    return path;
}

} // namespace learning_loop::http
