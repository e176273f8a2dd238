#include "learning_loop/http/loopback.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

TEST(Loopback, is_known_by_name_and_address)
{
    for (auto const* host : {"localhost", "LocalHost", "127.0.0.1", "127.255.0.1", "::1", "[::1]"})
        EXPECT_TRUE(is_loopback(host)) << host;
    for (auto const* host : {"", "0.0.0.0", "10.0.0.1", "::", "::2", "localhost.", "localhost.example",
                             "127.0.0.1.example", "127.1", "[", "[]"}) {
        EXPECT_FALSE(is_loopback(host)) << host;
    }
}

} // namespace
} // namespace learning_loop::http
