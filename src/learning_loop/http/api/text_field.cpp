#include "learning_loop/http/api/text_field.h"

#include "learning_loop/base/text.h"

namespace learning_loop::http {

Result<void> read_text(std::string_view text, std::string& into)
{
    into = text;
    return {};
}

Result<void> read_text(std::string_view text, bool& into)
{
    auto const value = parse_bool(text);
    if (!value) return Error{Errc::invalid_argument, "'" + printable(text) + "' is neither: use true or false"};
    into = *value;
    return {};
}

Result<void> read_text(std::string_view text, std::vector<std::string>& into)
{
    into.clear();
    for (auto const part : parts_of(text, ',')) {
        if (!part.empty()) into.emplace_back(part);
    }
    return {};
}

Error not_a_whole_number()
{
    return {Errc::invalid_argument, "expected a whole number"};
}

} // namespace learning_loop::http
