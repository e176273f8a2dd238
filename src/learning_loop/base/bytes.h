#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace learning_loop {

/// Bytes that several owners share and nobody changes: copies and parts are cheap, and may go to other threads.
class Bytes {
public:
    Bytes() = default;

    /// Takes the text, without a copy of its bytes.
    explicit Bytes(std::string text)
    {
        auto owner = std::make_shared<std::string const>(std::move(text));
        view_ = *owner;
        owner_ = std::move(owner);
    }

    /// `owner` keeps the bytes of `view` alive.
    Bytes(std::shared_ptr<void const> owner, std::string_view view) : owner_(std::move(owner)), view_(view) {}

    std::string_view view() const { return view_; }
    std::size_t size() const { return view_.size(); }
    std::shared_ptr<void const> const& owner() const { return owner_; }
    Bytes from(std::size_t first) const { return {owner_, view_.substr(first)}; } ///< `first` is at most the size.

    friend bool operator==(Bytes const& a, Bytes const& b) { return a.view_ == b.view_; }

private:
    std::shared_ptr<void const> owner_; // shared: that is what this class is for
    std::string_view view_;
};

} // namespace learning_loop
