#include "learning_loop/base/reflect.h"

namespace learning_loop {

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

} // namespace learning_loop
