#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Text from outside, fit for one line of the log and for an answer: valid UTF-8, control characters become `?`, at
/// most some 200 bytes.
std::string printable(std::string_view text);

bool is_ascii(std::string_view text);

/// With a to z for A to Z; every other byte stays as it is.
std::string lower_case(std::string_view ascii);

/// Without the blanks and tabs at its ends.
std::string_view trimmed(std::string_view text);

/// What stands between the separators, as it is written: `a, b` has the parts `a` and ` b`. Behind a separator at the
/// end there is no part more, and an empty text has none. The parts are views into the text.
std::vector<std::string_view> parts_of(std::string_view text, char separator);

/// Whether the two are equal but for the case of their ASCII letters.
bool same_name(std::string_view a, std::string_view b);

/// Fit for the text and for the attributes of an HTML page: `&`, `<`, `>`, `"` and `'` are written as entities.
std::string escape_html(std::string_view text);

/// `a, b or c`
std::string alternatives(std::span<std::string_view const> texts);

/// The number, if the text is digits alone and the number fits 64 bits.
std::optional<std::uint64_t> parse_whole_number(std::string_view text);

/// True for `true`, `1` and `on`, false for `false`, `0` and `off`, in any case. Returns nullopt for every other text.
std::optional<bool> parse_bool(std::string_view text);

} // namespace learning_loop
