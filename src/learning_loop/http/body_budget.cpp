#include "learning_loop/http/body_budget.h"

namespace learning_loop::http {

bool BodyBudget::State::take(std::size_t bytes)
{
    auto left = free_bytes.load();
    do {
        if (bytes > left) return false;
    } while (!free_bytes.compare_exchange_weak(left, left - bytes));
    if (!whole || whole->take(bytes)) return true;
    free_bytes += bytes;
    return false;
}

void BodyBudget::State::give_back(std::size_t bytes)
{
    free_bytes += bytes;
    if (whole) whole->give_back(bytes);
}

BodyBudget::Share& BodyBudget::Share::operator=(Share&& other) noexcept
{
    Share taken(std::move(other)); // gives back what this held
    std::swap(state_, taken.state_);
    std::swap(bytes_, taken.bytes_);
    return *this;
}

bool BodyBudget::Share::grow_to(std::size_t bytes)
{
    if (bytes <= bytes_) return true;
    if (!state_->take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
}

void BodyBudget::Share::shrink_to(std::size_t bytes)
{
    if (bytes < bytes_) state_->give_back(std::exchange(bytes_, bytes) - bytes);
}

void BodyBudget::Share::give_back()
{
    if (state_) state_->give_back(bytes_);
}

} // namespace learning_loop::http
