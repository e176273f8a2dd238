#pragma once

#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <string_view>

namespace learning_loop {

/// Reads a T of one JSON document. Errors: those of `parse_json` and of `from_json`.
template <class T>
Result<T> from_text(std::string_view text, std::string_view what)
{
    auto const json = parse_json(text, what);
    if (!json) return json.error();
    return from_json<T>(*json);
}

} // namespace learning_loop
