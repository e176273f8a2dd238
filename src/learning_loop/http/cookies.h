#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace learning_loop::http {

/// The names and values of a header `Cookie` (RFC 6265, section 5.4), in their order. What is no cookie is left out; at
/// most 100 are read.
std::vector<std::pair<std::string, std::string>> cookies_of(std::string_view header);

/// A cookie to set. It is HttpOnly and SameSite=Lax; over TLS also Secure, and then its name begins with `__Host-`.
struct SetCookie {
    std::string name;
    std::string value;                           ///< Of the characters that a cookie may hold: a token, not a text.
    std::optional<std::chrono::seconds> max_age; ///< Absent: until the browser ends; 0: deletes it.
    bool secure = false;
};

/// The value of a header `Set-Cookie`.
std::string to_header(SetCookie const& cookie);

/// The name under which the browser sends the cookie back.
std::string name_on_the_wire(SetCookie const& cookie);

} // namespace learning_loop::http
