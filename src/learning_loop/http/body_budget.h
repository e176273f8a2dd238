#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace learning_loop::http {

/// Limits the bytes of bodies and messages that are in memory at one time. A budget within another one limits some of
/// the connections: what is taken from it is taken from the other, too. Its shares may be used on other threads, and
/// may outlive it.
class BodyBudget {
    struct State {
        State(std::size_t max_bytes, std::shared_ptr<State> whole_) : free_bytes(max_bytes), whole(std::move(whole_)) {}

        std::atomic<std::size_t> free_bytes;
        std::shared_ptr<State> whole; ///< Null: it is within no other. // shared: by the budgets within it

        bool take(std::size_t bytes);
        void give_back(std::size_t bytes);
    };

public:
    explicit BodyBudget(std::size_t max_bytes) : BodyBudget(max_bytes, nullptr) {}

    /// A part of this budget.
    BodyBudget within(std::size_t max_bytes) const { return {max_bytes, state_}; }

    /// A share of the budget. It is given back when this is destroyed.
    class Share {
    public:
        Share() = default;
        Share(Share&& other) noexcept
            : state_(std::exchange(other.state_, nullptr)), bytes_(std::exchange(other.bytes_, 0))
        {}
        Share& operator=(Share&& other) noexcept;
        ~Share() { give_back(); }

        bool grow_to(std::size_t bytes); ///< Returns false, and keeps what it has, if there is not so much left.
        void shrink_to(std::size_t bytes);

    private:
        friend class BodyBudget;
        explicit Share(std::shared_ptr<State> state) : state_(std::move(state)) {}
        void give_back();

        std::shared_ptr<State> state_; // shared: by the shares that are out
        std::size_t bytes_ = 0;
    };

    Share begin() { return Share(state_); } ///< A share of 0 bytes.
    std::size_t free_bytes() const { return state_->free_bytes; }

private:
    BodyBudget(std::size_t max_bytes, std::shared_ptr<State> whole)
        : state_(std::make_shared<State>(max_bytes, std::move(whole)))
    {}

    std::shared_ptr<State> state_;
};

} // namespace learning_loop::http
