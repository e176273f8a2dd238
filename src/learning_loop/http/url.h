#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace learning_loop::http {

/// `%41` to `A`. Nothing when an escape is broken or stands for a NUL.
std::optional<std::string> percent_decoded(std::string_view text);

/// Fit for one segment of a path or a value of a query.
std::string percent_encoded(std::string_view text);

/// The pairs of `a=1&b=2` (also a form's body), `+` as blank. Nothing when an escape is broken or there are more
/// than a thousand.
std::optional<std::vector<std::pair<std::string, std::string>>> decoded_pairs(std::string_view text);

/// The segments of a path, decoded, empty ones (`//`, a slash at the end) dropped. Nothing when an escape is broken.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

} // namespace learning_loop::http
