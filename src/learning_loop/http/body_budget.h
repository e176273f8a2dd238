#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace learning_loop::http {

/// Limits the bytes of bodies and messages that are in memory at one time, of all connections together. Its shares may
/// be used on other threads, and may outlive it.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t max_bytes) : free_bytes_(std::make_shared<std::atomic<std::size_t>>(max_bytes)) {}

    /// A share of the budget. It is given back when this is destroyed.
    class Share {
    public:
        Share() = default;
        Share(Share&& other) noexcept
            : free_bytes_(std::exchange(other.free_bytes_, nullptr)), bytes_(std::exchange(other.bytes_, 0))
        {}
        Share& operator=(Share&& other) noexcept;
        ~Share() { give_back(); }

        bool grow_to(std::size_t bytes); ///< Returns false, and keeps what it has, if there is not so much left.
        void shrink_to(std::size_t bytes);

    private:
        friend class BodyBudget;
        explicit Share(std::shared_ptr<std::atomic<std::size_t>> free_bytes) : free_bytes_(std::move(free_bytes)) {}
        void give_back();

        std::shared_ptr<std::atomic<std::size_t>> free_bytes_; // shared: by the shares that are out
        std::size_t bytes_ = 0;
    };

    Share begin() { return Share(free_bytes_); } ///< A share of 0 bytes.
    std::size_t free_bytes() const { return *free_bytes_; }

private:
    std::shared_ptr<std::atomic<std::size_t>> free_bytes_;
};

} // namespace learning_loop::http
