#include "learning_loop/base/descriptor.h"

#include <unistd.h>

#include <utility>

namespace learning_loop {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept
{
    Descriptor const closed_at_the_end(std::exchange(number_, other.release()));
    return *this;
}

Descriptor::~Descriptor()
{
    if (is_open()) ::close(number_);
}

int Descriptor::release() noexcept
{
    return std::exchange(number_, -1);
}

} // namespace learning_loop
