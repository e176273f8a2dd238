#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace learning_loop::fuzz {

/// Takes the first line from a script. Returns false if the script is at its end.
inline bool take_line(std::string_view& script, std::string_view& line)
{
    if (script.empty()) return false;
    auto const end = std::min(script.find('\n'), script.size());
    line = script.substr(0, end);
    script.remove_prefix(std::min(end + 1, script.size()));
    return true;
}

/// The number that a text begins with, at most `max`; 0 if it begins with none.
inline std::size_t number_in(std::string_view text, std::size_t max)
{
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::min(number, max);
}

} // namespace learning_loop::fuzz
