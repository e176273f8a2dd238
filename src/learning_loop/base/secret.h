#pragma once

#include <string>
#include <string_view>

namespace learning_loop {

/// A password, token or key. It cannot be logged, printed or written as JSON by mistake: code that needs the text calls
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

} // namespace learning_loop
