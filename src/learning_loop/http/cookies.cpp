#include "learning_loop/http/cookies.h"

#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

constexpr std::size_t max_cookies = 100;

} // namespace

std::vector<std::pair<std::string, std::string>> cookies_of(std::string_view header)
{
    std::vector<std::pair<std::string, std::string>> cookies;
    while (!header.empty() && cookies.size() < max_cookies) {
        auto const end = std::min(header.find(';'), header.size());
        auto const pair = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        auto const equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        auto const name = trimmed(pair.substr(0, equals));
        auto value = trimmed(pair.substr(equals + 1));
        if (name.empty()) continue;
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        cookies.emplace_back(name, value);
    }
    return cookies;
}

std::string name_on_the_wire(SetCookie const& cookie)
{
    return (cookie.secure ? "__Host-" : "") + cookie.name;
}

std::string to_header(SetCookie const& cookie)
{
    auto header = name_on_the_wire(cookie) + "=" + cookie.value + "; Path=/; HttpOnly; SameSite=Lax";
    if (cookie.max_age) header += "; Max-Age=" + std::to_string(cookie.max_age->count());
    return cookie.secure ? header + "; Secure" : header;
}

} // namespace learning_loop::http
