#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

struct SessionApiTest : ServerTest {
    SessionApiTest() { caller.reset(); }

    http::Response log_in(std::string const& username, std::string const& password, http::Headers headers = {})
    {
        return ask("POST", "/api/login", "username=" + username + "&password=" + password, std::move(headers));
    }

    /// `name=value` of the cookie that the answer sets.
    static std::string cookie_of(http::Response const& answer)
    {
        auto const header = answer.headers.find("Set-Cookie").value();
        return std::string(header.substr(0, header.find(';')));
    }

    int projects_with(std::string const& cookie)
    {
        return ask("GET", "/api/projects", "", {{"Cookie", cookie}}).status;
    }
};

TEST_F(SessionApiTest, the_loop_is_ready)
{
    EXPECT_EQ(text_of(get("/api/status")), R"({"status":"ready"})");
}

TEST_F(SessionApiTest, a_login_gets_a_cookie_of_its_own_which_opens_the_loop)
{
    auto const first = log_in("admin", admin_password);
    auto const second = log_in("admin", admin_password);
    ASSERT_EQ(first.status, 200);
    EXPECT_NE(cookie_of(first), cookie_of(second));
    EXPECT_EQ(projects_with(cookie_of(first)), 200);
    EXPECT_EQ(projects_with(cookie_of(second)), 200);
    auto const header = std::string(first.headers.find("Set-Cookie").value());
    for (auto const* part : {"; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="})
        EXPECT_NE(header.find(part), std::string::npos) << part;
    EXPECT_EQ(header.find('"'), std::string::npos);
    EXPECT_EQ(header.find("Secure"), std::string::npos);
}

TEST_F(SessionApiTest, over_tls_the_cookie_is_secure_and_no_other_counts)
{
    sender.over_tls = true;
    auto const answer = log_in("admin", admin_password);
    auto const header = std::string(answer.headers.find("Set-Cookie").value());
    EXPECT_TRUE(header.starts_with("__Host-learning_loop_session="));
    EXPECT_TRUE(header.ends_with("; Secure"));
    EXPECT_EQ(projects_with(cookie_of(answer)), 200);
    EXPECT_EQ(projects_with(cookie_of(answer).substr(std::string("__Host-").size())), 401);
}

TEST_F(SessionApiTest, a_wrong_password_and_an_unknown_name_are_refused_alike)
{
    auto const wrong = log_in("admin", "wrong-password");
    auto const unknown = log_in("nobody", admin_password);
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(text_of(wrong), text_of(unknown));
    EXPECT_EQ(unknown.status, 401);
    EXPECT_FALSE(wrong.headers.find("Set-Cookie"));
    EXPECT_EQ(log_in("admin", "").status, 401);
}

TEST_F(SessionApiTest, a_login_ends_the_former_one_of_the_client)
{
    auto const former = cookie_of(log_in("admin", admin_password));
    auto const next = cookie_of(log_in("admin", admin_password, {{"Cookie", former}}));
    EXPECT_EQ(projects_with(former), 401);
    EXPECT_EQ(projects_with(next), 200);
}

TEST_F(SessionApiTest, a_logout_ends_the_login_and_the_cookie)
{
    auto const cookie = cookie_of(log_in("admin", admin_password));
    auto const answer = ask("POST", "/api/logout", "", {{"Cookie", cookie}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.headers.find("Set-Cookie").value().find("Max-Age=0"), std::string_view::npos);
    EXPECT_EQ(projects_with(cookie), 401);
    EXPECT_EQ(ask("POST", "/api/logout").status, 200);
}

TEST_F(SessionApiTest, an_empty_login_is_for_detectors_whose_network_needs_none)
{
    auto const here = log_in("", "");
    EXPECT_EQ(here.status, 200);
    EXPECT_EQ(projects_with(cookie_of(here)), 401); // it proves nothing
    EXPECT_EQ(ask("POST", "/api/login").status, 200);
    sender.address = "10.0.0.1";
    auto const elsewhere = log_in("", "");
    EXPECT_EQ(elsewhere.status, 401);
    EXPECT_NE(text_of(elsewhere).find("ANONYMOUS_NODES"), std::string::npos);
}

TEST_F(SessionApiTest, a_token_is_a_login_for_a_year)
{
    auto const answer = ask("POST", "/api/token", std::string("username=admin&password=") + admin_password);
    ASSERT_EQ(answer.status, 200);
    auto const token = std::string(json_of(answer).at("access_token").as_string().c_str());
    auto const lifetime = json_of(answer).at("expires").as_int64() - std::time(nullptr);
    EXPECT_NEAR(static_cast<double>(lifetime), 365 * 24 * 3600, 60);
    EXPECT_EQ(ask("GET", "/api/projects", "", {{"Authorization", "Bearer " + token}}).status, 200);
    EXPECT_EQ(ask("POST", "/api/logout", "", {{"Authorization", "Bearer " + token}}).status, 200);
    EXPECT_EQ(ask("GET", "/api/projects", "", {{"Authorization", "Bearer " + token}}).status, 401);
    EXPECT_EQ(ask("POST", "/api/token", "username=&password=").status, 401);
}

TEST_F(SessionApiTest, who_fails_too_often_is_told_to_wait)
{
    for (int i = 0; i < 10; ++i) EXPECT_EQ(log_in("admin", "wrong-password").status, 401);
    auto const refused = log_in("admin", admin_password);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.headers.find("Retry-After").value(), "30");
    sender.address = "127.0.0.2";
    EXPECT_EQ(log_in("admin", admin_password).status, 200);
}

TEST_F(SessionApiTest, people_log_in_on_a_page)
{
    EXPECT_EQ(get("/").headers.find("Location").value(), "/login");
    EXPECT_NE(text_of(get("/login")).find("<form"), std::string::npos);
    auto const wrong = ask("POST", "/login", "username=admin&password=wrong");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_NE(text_of(wrong).find("the username or the password is wrong"), std::string::npos);
    auto const right = ask("POST", "/login", std::string("username=admin&password=") + admin_password);
    EXPECT_EQ(right.status, 303);
    EXPECT_EQ(right.headers.find("Location").value(), "/");
    auto const page = ask("GET", "/", "", {{"Cookie", cookie_of(right)}});
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(text_of(page).find("<span>admin</span>"), std::string::npos);
    auto const out = ask("POST", "/logout", "", {{"Cookie", cookie_of(right)}});
    EXPECT_EQ(out.headers.find("Location").value(), "/login");
    EXPECT_EQ(ask("GET", "/", "", {{"Cookie", cookie_of(right)}}).status, 303);
}

} // namespace
} // namespace learning_loop
