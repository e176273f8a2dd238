#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

/// Whether the text is UTF-8 as RFC 3629 has it: no surrogates, nothing overlong, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

/// The text itself when it is UTF-8. Else each byte is taken for the Latin-1 character that it is in a header of HTTP,
/// so that nothing is lost and the result is UTF-8.
std::string as_utf8(std::string_view text);

} // namespace learning_loop
