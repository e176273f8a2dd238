#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

/// Whether the text is UTF-8 as RFC 3629 has it: no surrogates, nothing overlong, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

/// Whether the text begins with a control character beyond ASCII (U+0080 to U+009F), which some terminals obey like an
/// escape.
bool is_c1_control(std::string_view utf8);

/// The characters of ISO-8859-1, one for each byte, as UTF-8.
std::string utf8_of_latin1(std::string_view text);

/// The text itself if it is UTF-8. Else each byte is taken for the Latin-1 character that it is in a header of HTTP,
/// so that nothing is lost and the result is UTF-8.
std::string as_utf8(std::string_view text);

} // namespace learning_loop
