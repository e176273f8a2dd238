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
    if (!value) return Error{Errc::invalid_argument, "expected true or false"};
    into = *value;
    return {};
}

Error not_a_whole_number()
{
    return {Errc::invalid_argument, "expected a whole number"};
}

Result<void> read_word(std::string_view text, JsonType const& type, void* into)
{
    boost::json::value const word(boost::json::string_view(text.data(), text.size()));
    auto const read = type.read(word, JsonPath("it"), into);
    if (read) return {};
    return Error{Errc::invalid_argument, read.error().message.substr(std::string_view("it: ").size())};
}

} // namespace learning_loop::http
