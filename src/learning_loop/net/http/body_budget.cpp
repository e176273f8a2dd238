#include "learning_loop/net/http/body_budget.h"

namespace learning_loop::http {

BodyBudget::Share& BodyBudget::Share::operator=(Share&& other) noexcept
{
    give_back();
    free_bytes_ = std::exchange(other.free_bytes_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
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

void BodyBudget::Share::give_back()
{
    if (free_bytes_) *free_bytes_ += bytes_;
}

} // namespace learning_loop::http
