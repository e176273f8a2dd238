#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace learning_loop::http {

/// Turns `%41` into `A`. Returns nullopt if an escape is broken or stands for a NUL.
std::optional<std::string> percent_decoded(std::string_view text);

/// Makes the text fit for one segment of a path or one value of a query.
std::string percent_encoded(std::string_view text);

/// The pairs of a query or of a form's body such as `a=1&b=2`; `+` is a blank. Returns nullopt if an escape is broken,
/// or if there are more than a thousand pairs.
std::optional<std::vector<std::pair<std::string, std::string>>> decoded_pairs(std::string_view text);

/// The segments of a path, decoded. Empty ones (`//`, or a slash at the end) are dropped. Returns nullopt if an escape
/// is broken.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

/// Fills a pattern such as `/api/{organization}/projects`: each `{name}` becomes the value of that name,
/// percent-encoded. Throws std::logic_error if a value is missing.
std::string path_of(std::string_view pattern,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> params);

/// Takes `http://` or `https://` off the front of the text and returns it without the `://`. Returns an empty text, and
/// takes nothing, if there is neither.
std::string_view take_scheme(std::string_view& text);

/// Where a server is, as a URL and the header Host tell it (RFC 3986, section 3.2).
struct Authority {
    std::string host; ///< A name or an address; an IPv6 address has no brackets here.
    std::optional<std::uint16_t> port;
};

/// Reads `name:port`, `[::1]:port`, or either without a port. Returns nullopt if it is malformed, if the port is not
/// within 1 to 65535, or if there is a login (`user@`), which can disguise the host.
std::optional<Authority> parse_authority(std::string_view text);

/// The parts of an absolute `http://` or `https://` URL.
struct Url {
    std::string scheme;         ///< `http` or `https`
    std::string authority_text; ///< As it was written, without the colon of an empty port.
    Authority authority;
    std::string path_and_query; ///< As it was written; may be empty.
};

/// Returns nullopt if the text is no such URL.
std::optional<Url> parse_url(std::string_view text);

/// Whether the text is a path, or empty, of segments of letters, digits, `-`, `.`, `_` and `~`, none of which is empty
/// or begins with a dot.
bool is_plain_path(std::string_view path);

/// The path of the URL, without a slash at its end; empty without a URL, and for the root.
std::string path_prefix_of(std::optional<Url> const& url);

} // namespace learning_loop::http
