#include "learning_loop/http/cookies.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

using Cookies = std::vector<std::pair<std::string, std::string>>;

TEST(Cookies, are_read_in_their_order)
{
    EXPECT_EQ(cookies_of("a=1; b = \"two\" ;c=x=y"), (Cookies{{"a", "1"}, {"b", "two"}, {"c", "x=y"}}));
    EXPECT_EQ(cookies_of(""), Cookies());
}

TEST(Cookies, that_are_none_are_left_out)
{
    EXPECT_EQ(cookies_of(";;a; =1; b=2;"), (Cookies{{"b", "2"}}));
}

TEST(Cookies, are_bounded_in_number)
{
    std::string header;
    for (int i = 0; i < 1000; ++i) header += "a=1;";
    EXPECT_EQ(cookies_of(header).size(), 100u);
}

TEST(Cookies, that_are_set_are_hidden_from_scripts_and_foreign_pages)
{
    EXPECT_EQ(to_header({"session", "s3", std::nullopt, false}), "session=s3; Path=/; HttpOnly; SameSite=Lax");
    EXPECT_EQ(to_header({"session", "", std::chrono::seconds(0), true}),
              "__Host-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
}

} // namespace
} // namespace learning_loop::http
