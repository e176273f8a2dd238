#pragma once

#include "learning_loop/base/bytes.h"
#include "learning_loop/base/memory.h"
#include "learning_loop/http/body_budget.h"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// Collects the bytes of a message. Memory that was allocated but never written to costs nothing but its address. So a
/// whole message gets its memory at once, but its share of the budget only as it comes: a peer that sends little of a
/// long message holds little of the budget.
class Gathering {
public:
    static constexpr std::size_t first_bytes = 4 * 1024; ///< A message up to here has no share of the budget.

    explicit Gathering(BodyBudget& budget) : held_(std::make_shared<Held>()) { held_->share = budget.begin(); }

    /// Returns room for some of the `coming` bytes, or nullopt if the budget has none left.
    std::optional<boost::asio::mutable_buffer> room(std::size_t coming)
    {
        if (size_ == capacity_) grow(coming);
        auto const piece = std::min({capacity_ - size_, std::max(size_, first_bytes), max_piece_bytes});
        bool const is_idle = size_ == 0; // an idle connection must not take any of the budget
        if (!is_idle && !held_->share.grow_to(size_ + piece)) return std::nullopt;
        return boost::asio::buffer(held_->data.get() + size_, piece);
    }

    /// Tells that so many bytes were put into the room.
    void add(std::size_t bytes) { size_ += bytes; }

    /// The whole message. A short one gets memory of its size and no share, since many of them may be kept for long.
    Bytes bytes() const
    {
        std::string_view const view(held_->data.get(), size_);
        if (size_ <= first_bytes) return Bytes(std::string(view));
        held_->share.shrink_to(size_);
        return {held_, view};
    }

private:
    static constexpr std::size_t max_piece_bytes = 1024 * 1024;

    struct Held {
        BodyBudget::Share share;
        std::unique_ptr<char[]> data;
    };

    void grow(std::size_t coming)
    {
        auto const capacity = size_ + std::max({coming, first_bytes, size_});
        auto data = std::make_unique_for_overwrite<char[]>(capacity);
        prefer_large_pages(data.get(), capacity);
        if (size_ > 0) std::memcpy(data.get(), held_->data.get(), size_);
        held_->data = std::move(data);
        capacity_ = capacity;
    }

    std::shared_ptr<Held> held_; // shared: with the Bytes that are made of it
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace learning_loop::http
