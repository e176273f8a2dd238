#include "learning_loop/base/descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <utility>

namespace learning_loop {
namespace {

Descriptor open_nothing()
{
    return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_open(int number)
{
    return ::fcntl(number, F_GETFD) != -1;
}

TEST(Descriptor, is_closed_when_it_goes)
{
    int number = -1;
    {
        auto const descriptor = open_nothing();
        number = descriptor.get();
        EXPECT_TRUE(descriptor.is_open());
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
    EXPECT_FALSE(Descriptor().is_open());
}

TEST(Descriptor, is_open_where_it_was_moved_to)
{
    auto first = open_nothing();
    auto second = open_nothing();
    int const closed = first.get();
    int const kept = second.get();
    first = std::move(second);
    EXPECT_FALSE(is_open(closed));
    EXPECT_EQ(first.get(), kept);
    EXPECT_TRUE(is_open(kept));
    Descriptor const last = std::move(first);
    EXPECT_EQ(last.get(), kept);
}

TEST(Descriptor, stays_open_when_it_is_released)
{
    int number = -1;
    {
        auto descriptor = open_nothing();
        number = descriptor.release();
        EXPECT_FALSE(descriptor.is_open());
    }
    EXPECT_TRUE(is_open(number));
    Descriptor const closes_it(number);
}

} // namespace
} // namespace learning_loop
