#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace learning_loop::http {

/// The names and values of a header `Cookie` (RFC 6265, section 5.4), in their order. Malformed ones are left out, and
/// all behind the first 100.
std::vector<std::pair<std::string, std::string>> cookies_of(std::string_view header);

/// A cookie to set. It is always HttpOnly and SameSite=Lax.
struct SetCookie {
    std::string name;
    std::string value;                           ///< Only of characters that a cookie may have: a token, not a text.
    std::optional<std::chrono::seconds> max_age; ///< Absent: until the browser is closed; 0: it is deleted.
    bool secure = false; ///< Over TLS: the browser sends it only there, and its name gets the prefix `__Host-`.
};

/// The value of a header `Set-Cookie`.
std::string to_header(SetCookie const& cookie);

/// The name under which the browser sends the cookie back.
std::string name_on_the_wire(SetCookie const& cookie);

} // namespace learning_loop::http
