#pragma once

#include "learning_loop/json/description.h"

#include <algorithm>

namespace learning_loop::reflect_detail {

/// The enumerator of that name. Returns nullptr if there is none.
inline Word const* find_word(std::string_view text, std::span<Word const> words)
{
    auto const word = std::ranges::find_if(words, [text](Word const& known) { return text == known.text; });
    return word == words.end() ? nullptr : &*word;
}

/// The enumerator of that value. Returns nullptr if there is none.
inline Word const* find_word(std::int64_t value, std::span<Word const> words)
{
    auto const word = std::ranges::find(words, value, &Word::value);
    return word == words.end() ? nullptr : &*word;
}

} // namespace learning_loop::reflect_detail
