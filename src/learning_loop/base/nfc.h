#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

/// The text in Unicode's normalization form C, in which one name has one spelling: macOS sends `ü` as `u` and a mark,
/// everybody else as one character. Text that is not UTF-8 comes back unchanged. May run on any thread.
std::string nfc(std::string_view utf8);

} // namespace learning_loop
