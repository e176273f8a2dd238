#include "learning_loop/base/error.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace learning_loop {
namespace {

TEST(Error, becomes_an_exception_with_its_message_where_nobody_asked)
{
    Result<int> const failed = Error{Errc::not_found, "there is none"};
    try {
        static_cast<void>(failed.value());
        FAIL() << "no exception";
    } catch (std::runtime_error const& failure) {
        EXPECT_STREQ(failure.what(), "there is none");
    }
}

} // namespace
} // namespace learning_loop
