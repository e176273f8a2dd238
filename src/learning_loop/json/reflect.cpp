#include "learning_loop/json/reflect.h"

#include "learning_loop/base/log.h"

#include <algorithm>

namespace learning_loop {
namespace {

/// `a, b or c`
std::string listed(std::span<char const* const> names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
        text += names[i];
    }
    return text;
}

} // namespace

std::string JsonPath::text() const
{
    std::string text = parent_ ? parent_->text() : std::string();
    if (index_ >= 0) return text + "[" + std::to_string(index_) + "]";
    if (!text.empty() && !key_.empty()) text += '.';
    return text.append(key_);
}

Error error_at(JsonPath const& path, std::string_view what)
{
    auto text = path.text();
    return {Errc::invalid_argument,
            (text.empty() ? std::string("the document") : std::move(text)).append(": ").append(what)};
}

Error reflect_detail::unknown_word(boost::json::value const& value, std::span<char const* const> known,
                                   JsonPath const& path)
{
    auto const* word = value.if_string();
    auto const what = word ? "'" + printable({word->data(), word->size()}) + "' is unknown" : "expected a text";
    return error_at(path, what + ": use " + listed(known));
}

Result<void> reflect_detail::check_keys(boost::json::object const& object, std::span<char const* const> known,
                                        JsonPath const& path)
{
    for (auto const& member : object) {
        std::string_view const key(member.key().data(), member.key().size());
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        return error_at(path / printable(key), "is unknown: use " + listed(known));
    }
    return {};
}

} // namespace learning_loop
