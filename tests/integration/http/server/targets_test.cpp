// Header values, paths and queries as nobody writes them by accident.
#include "integration/http/server/server_fixture.h"

namespace learning_loop::http {
namespace {

using test::RawConnection;

struct TargetsTest : ServerFixture {
    void expect_bad_path(std::string const& target)
    {
        RawConnection client(port());
        client.send(request("GET", target));
        EXPECT_EQ(client.response().status, 400) << target;
        expect_serves(client); // the framing was sound
    }
};

TEST_F(TargetsTest, a_header_value_may_have_any_bytes_but_control_characters)
{
    EXPECT_EQ(ask(request("GET", "/seen/a", "X-TEST: \xc3\xa4 \xff\x80\ttab\r\n")).body,
              "/seen/a|a|-|\xc3\xa4 \xff\x80\ttab");
    EXPECT_EQ(ask(request("GET", "/seen/a", "x-test:\r\n")).body, "/seen/a|a|-|");
    expect_refused(request("GET", "/seen/a", std::string("X-Test: a\0b\r\n", 13)), 400);
    expect_refused(request("GET", "/seen/a", "X-Test: a\rb\r\n"), 400);
    expect_refused(request("GET", "/seen/a", "X-Test: a\nb\r\n"), 400);
    expect_refused(request("GET", "/seen/a", "X-Test: " + std::string(100'000, 'x') + "\r\n"), 431);
}

TEST_F(TargetsTest, no_byte_of_a_request_becomes_a_header_of_its_answer)
{
    auto const response = ask(request("GET", "/nothing%0d%0aX-Evil:%20yes", "X-Request-Id: a%0d%0aX-Evil: yes\r\n"));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.head.find("X-Evil"), std::string::npos) << response.head;
}

TEST_F(TargetsTest, a_path_and_a_query_are_decoded_once)
{
    EXPECT_EQ(ask(request("GET", "/seen/a%20b/?q=1%262&q=3", "X-TEST: yes\r\n")).body, "/seen/a b/|a b|1&2|yes");
    EXPECT_EQ(ask(request("GET", "/seen/%252e%252e")).body, "/seen/%2e%2e|%2e%2e|-|-");
    EXPECT_EQ(ask(request("GET", "/seen/%25%32%66?q=%2525")).body, "/seen/%2f|%2f|%25|-");
    EXPECT_EQ(ask(request("GET", "/s%65en/%C3%A4?q=%C3%A4+%2b")).body, "/seen/\xc3\xa4|\xc3\xa4|\xc3\xa4 +|-");
}

TEST_F(TargetsTest, a_path_has_no_segment_of_dots)
{
    for (auto const* target : {"/seen/..", "/seen/.", "/../hello", "/./hello", "/seen/%2e%2e", "/seen/%2E%2E",
                               "/seen/.%2e", "/%2e%2e/hello", "/seen/../../etc/passwd"})
        expect_bad_path(target);
}

TEST_F(TargetsTest, an_encoded_slash_separates_nothing)
{
    EXPECT_EQ(ask(request("GET", "/seen/a%2fb")).body, "/seen/a/b|a/b|-|-");
    EXPECT_EQ(ask(request("GET", "/seen/..%2f..%2fetc%2fpasswd")).body, "/seen/../../etc/passwd|../../etc/passwd|-|-");
    EXPECT_EQ(ask(request("GET", "/seen%2fa")).status, 404);
    EXPECT_EQ(ask(request("GET", "%2fhello")).status, 404);
}

TEST_F(TargetsTest, a_path_has_whole_characters)
{
    for (auto const* target : {"/seen/%00", "/seen/a%00b", "/hello%00", "/seen/%zz", "/seen/%2", "/seen/%",
                               "/seen/%u0041", "/seen/%c0%ae%c0%ae", "/seen/%c0%af", "/seen/%e0%80%ae",
                               "/seen/%f8%80%80%80%ae", "/seen/%ff", "/seen/%ed%a0%80", "/seen/%f4%90%80%80"})
        expect_bad_path(target);
}

TEST_F(TargetsTest, a_query_has_whole_escapes)
{
    for (auto const* target : {"/hello?a=%zz", "/hello?%", "/hello?a=%0", "/hello?a=%00"}) expect_bad_path(target);
    EXPECT_EQ(ask(request("GET", "/hello?")).status, 200);
    EXPECT_EQ(ask(request("GET", "/hello?&&=&a&a=b=c&?")).status, 200);
    EXPECT_EQ(ask(request("GET", "/seen/a?q=b=c?d")).body, "/seen/a|a|b=c?d|-");
}

TEST_F(TargetsTest, a_query_has_1000_values)
{
    std::string query = "/hello?a";
    for (int i = 1; i < 1000; ++i) query += "&a";
    EXPECT_EQ(ask(request("GET", query)).status, 200);
    expect_bad_path(query + "&a");
}

TEST_F(TargetsTest, empty_segments_do_not_count)
{
    for (auto const* target : {"//hello", "/hello/", "///hello//", "//hello?a"}) {
        EXPECT_EQ(ask(request("GET", target)).body, "hello") << target;
    }
    EXPECT_EQ(ask(request("GET", "//")).status, 404);
    EXPECT_EQ(ask(request("GET", "/hello/hello")).status, 404);
}

TEST_F(TargetsTest, a_target_may_be_a_whole_url)
{
    EXPECT_EQ(ask(request("GET", "http://localhost/hello")).body, "hello");
    EXPECT_EQ(ask(request("GET", "http://localhost:8000/seen/a?q=b")).body, "/seen/a|a|b|-");
    EXPECT_EQ(ask(request("GET", "http://localhost")).status, 404);
    EXPECT_EQ(ask(request("GET", "http://localhost/%2e%2e/hello")).status, 400);
    EXPECT_EQ(ask(request("GET", "ftp://localhost/hello")).status, 404);
}

TEST_F(TargetsTest, a_whole_url_names_the_host_that_counts)
{
    EXPECT_EQ(ask(request("GET", "http://evil.example/hello")).status, 403);
    EXPECT_EQ(ask(request("GET", "http://evil.example")).status, 403);
    EXPECT_EQ(ask("GET http://localhost/hello HTTP/1.1\r\nHost: proxy.example\r\n\r\n").status, 200);
    EXPECT_EQ(ask("GET http://localhost/hello HTTP/1.1\r\n\r\n").status, 400);
}

TEST_F(TargetsTest, a_login_does_not_disguise_the_host)
{
    for (auto const* host : {"localhost:80@evil.example", "localhost@evil.example", "evil.example@localhost"}) {
        EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").status, 403) << host;
        EXPECT_EQ(ask(request("GET", "http://" + std::string(host) + "/hello")).status, 403) << host;
    }
    EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: localhost:\r\n\r\n").status, 200);
}

TEST_F(TargetsTest, each_request_of_a_connection_is_asked_for_its_host)
{
    RawConnection client(port());
    for (auto const& [host, status] : std::initializer_list<std::pair<std::string, int>>{
             {"localhost", 200}, {"127.0.0.1:80", 200}, {"evil.example", 403}, {"localhost", 200}}) {
        client.send("GET /hello HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        EXPECT_EQ(client.response().status, status) << host;
    }
}

TEST_F(TargetsTest, a_target_that_is_no_path_is_nothing_here)
{
    for (auto const* target : {"*", "hello:80", "hello.example"})
        EXPECT_EQ(ask(request("GET", target)).status, 404) << target;
    EXPECT_EQ(ask(request("OPTIONS", "*")).status, 404);
    EXPECT_EQ(ask(request("CONNECT", "localhost:80")).status, 404);
}

} // namespace
} // namespace learning_loop::http
