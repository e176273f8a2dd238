#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

using SessionApiTest = ServerTest;

TEST_F(SessionApiTest, the_loop_is_ready)
{
    EXPECT_EQ(text_of(get("/api/status")), R"({"status":"ready"})");
}

TEST_F(SessionApiTest, every_login_gets_a_cookie_of_its_own)
{
    auto const first = ask("POST", "/api/login", "username=&password=");
    auto const second = ask("POST", "/api/login");
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(second.status, 200);
    auto const cookie = std::string(first.headers.find("Set-Cookie").value());
    EXPECT_NE(cookie, second.headers.find("Set-Cookie").value());
    for (auto const* part : {"; Path=/", "; HttpOnly", "; SameSite=Lax"})
        EXPECT_NE(cookie.find(part), std::string::npos) << part;
    EXPECT_EQ(cookie.find('"'), std::string::npos);
}

TEST_F(SessionApiTest, a_logout_ends_the_cookie)
{
    auto const answer = ask("POST", "/api/logout");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.headers.find("Set-Cookie").value().find("Max-Age=0"), std::string_view::npos);
}

} // namespace
} // namespace learning_loop
