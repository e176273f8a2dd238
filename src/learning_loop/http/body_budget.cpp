#include "learning_loop/http/body_budget.h"

namespace learning_loop::http {

BodyBudget::Share& BodyBudget::Share::operator=(Share&& other) noexcept
{
    Share taken(std::move(other)); // gives back what this held
    std::swap(free_bytes_, taken.free_bytes_);
    std::swap(bytes_, taken.bytes_);
    return *this;
}

bool BodyBudget::Share::grow_to(std::size_t bytes)
{
    if (bytes <= bytes_) return true;
    auto const more = bytes - bytes_;
    auto free_bytes = free_bytes_->load();
    do {
        if (more > free_bytes) return false;
    } while (!free_bytes_->compare_exchange_weak(free_bytes, free_bytes - more));
    bytes_ = bytes;
    return true;
}

void BodyBudget::Share::shrink_to(std::size_t bytes)
{
    if (bytes < bytes_) *free_bytes_ += std::exchange(bytes_, bytes) - bytes;
}

void BodyBudget::Share::give_back()
{
    if (free_bytes_) *free_bytes_ += bytes_;
}

} // namespace learning_loop::http
