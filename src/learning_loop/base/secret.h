#pragma once

#include "learning_loop/base/error.h"

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace learning_loop {

class JsonPath;
template <class T>
struct JsonForm;

/// A password, token or key. It cannot be logged, printed or written as JSON by mistake: whoever needs the text says
/// `reveal()`. Its memory is wiped when it ends.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_(text) {}
    Secret(Secret const&) = default;
    Secret(Secret&& other) noexcept { text_.swap(other.text_); }
    Secret& operator=(Secret other) noexcept
    {
        text_.swap(other.text_);
        return *this;
    }
    ~Secret();

    bool empty() const { return text_.empty(); }
    std::string const& reveal() const { return text_; }

private:
    std::string text_;
};

/// Settings files may hold secrets; nothing writes them.
template <>
struct JsonForm<Secret> {
    static boost::json::value to_json(Secret const&) = delete;
    static Result<Secret> from_json(boost::json::value const& value, JsonPath const& path);
    static boost::json::object schema();
};

} // namespace learning_loop
