// HEAD, OPTIONS, ranges, entity tags, expectations and the header Connection.
#include "integration/http/server/server_fixture.h"

namespace learning_loop::http {
namespace {

using namespace std::string_literals;
using test::RawConnection;
using test::RawResponse;

/// A header of the answer; empty when it has none.
std::string header(RawResponse const& response, std::string const& name)
{
    auto const begin = response.head.find("\r\n" + name + ": ");
    if (begin == std::string::npos) return {};
    auto const value = begin + name.size() + 4;
    return response.head.substr(value, response.head.find("\r\n", value) - value);
}

struct ConditionalRequestsTest : ServerFixture {
    ConditionalRequestsTest() { test::put(folder / "digits", "0123456789"); }

    RawResponse get_digits(std::string const& headers) { return ask(request("GET", "/file/digits", headers)); }
    RawResponse get_range(std::string const& range) { return get_digits("Range: " + range + "\r\n"); }

    void expect_part(std::string const& range, std::string const& bytes, std::string const& content_range)
    {
        auto const response = get_range(range);
        EXPECT_EQ(response.status, 206) << range;
        EXPECT_EQ(response.body, bytes) << range;
        EXPECT_EQ(header(response, "Content-Range"), content_range) << range;
        EXPECT_EQ(header(response, "Content-Length"), std::to_string(bytes.size())) << range;
    }
};

TEST_F(ConditionalRequestsTest, a_range_of_a_file_is_sent_alone)
{
    expect_part("bytes=0-0", "0", "bytes 0-0/10");
    expect_part("bytes=2-5", "2345", "bytes 2-5/10");
    expect_part("bytes=7-", "789", "bytes 7-9/10");
    expect_part("bytes=-3", "789", "bytes 7-9/10");
    expect_part("bytes=-99", "0123456789", "bytes 0-9/10");
    expect_part("bytes=5-18446744073709551615", "56789", "bytes 5-9/10");
}

TEST_F(ConditionalRequestsTest, a_range_beyond_the_file_is_416)
{
    for (auto const* range : {"bytes=10-", "bytes=10-11", "bytes=18446744073709551615-", "bytes=-0"}) {
        auto const response = get_range(range);
        EXPECT_EQ(response.status, 416) << range;
        EXPECT_EQ(header(response, "Content-Range"), "bytes */10") << range;
        EXPECT_EQ(response.body, "") << range;
    }
}

TEST_F(ConditionalRequestsTest, a_range_that_is_none_gets_the_whole_file)
{
    for (auto const* range :
         {"bytes=5-2", "bytes=", "bytes=-", "bytes", "lines=0-1", "bytes=a-b", "bytes=1-2,4-5", "bytes=+1-2",
          "bytes=0x1-2", "bytes=1-2;", "=1-2", "bytes=--1", "bytes=0-18446744073709551616", ""}) {
        auto const response = get_range(range);
        EXPECT_EQ(response.status, 200) << range;
        EXPECT_EQ(response.body, "0123456789") << range;
    }
}

TEST_F(ConditionalRequestsTest, a_file_that_the_client_has_is_not_sent_again)
{
    auto const etag = header(get_digits(""), "ETag");
    ASSERT_GT(etag.size(), 2U);
    RawConnection client(port());
    for (auto const& list : {etag, "W/" + etag, "\"other\", " + etag, "*"s}) {
        client.send(request("GET", "/file/digits", "If-None-Match: " + list + "\r\n"));
        auto const response = client.response(true);
        EXPECT_EQ(response.status, 304) << list;
        EXPECT_EQ(header(response, "ETag"), etag) << list;
    }
    expect_serves(client); // no body came
    for (auto const& list : {"\"other\""s, etag.substr(1), ""s, ","s})
        EXPECT_EQ(get_digits("If-None-Match: " + list + "\r\n").status, 200) << list;
    EXPECT_EQ(get_digits("If-None-Match: " + etag + "\r\nRange: bytes=0-1\r\n").status, 304);
}

TEST_F(ConditionalRequestsTest, a_file_that_changed_has_another_tag)
{
    auto const before = header(get_digits(""), "ETag");
    test::put(folder / "digits", "0123456789more");
    auto const response = get_digits("If-None-Match: " + before + "\r\n");
    EXPECT_EQ(response.status, 200);
    EXPECT_NE(header(response, "ETag"), before);
}

TEST_F(ConditionalRequestsTest, a_range_is_sent_only_of_the_file_that_the_client_has_a_part_of)
{
    auto const etag = header(get_digits(""), "ETag");
    EXPECT_EQ(get_digits("Range: bytes=0-1\r\nIf-Range: " + etag + "\r\n").body, "01");
    for (auto const& other : {"\"other\""s, "W/" + etag, "Sun, 22 Nov 2026 00:00:00 GMT"s, ""s})
        EXPECT_EQ(get_digits("Range: bytes=0-1\r\nIf-Range: " + other + "\r\n").body, "0123456789") << other;
}

TEST_F(ConditionalRequestsTest, head_is_answered_as_get_without_its_body)
{
    RawConnection client(port());
    client.send(request("HEAD", "/hello") + request("HEAD", "/file/digits") +
                request("HEAD", "/file/digits", "Range: bytes=2-5\r\n") + request("HEAD", "/nothing") +
                request("HEAD", "/file/gone") + request("GET", "/hello"));
    EXPECT_EQ(header(client.response(true), "Content-Length"), "5");
    EXPECT_EQ(header(client.response(true), "Content-Length"), "10");
    EXPECT_EQ(client.response(true).status, 206);
    EXPECT_EQ(client.response(true).status, 404);
    EXPECT_EQ(client.response(true).status, 404);
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(ConditionalRequestsTest, options_names_the_methods_of_a_path)
{
    RawConnection client(port());
    client.send(request("OPTIONS", "/hello") + request("OPTIONS", "/nothing") + request("DELETE", "/echo"));
    auto const methods = client.response();
    EXPECT_EQ(methods.status, 204);
    EXPECT_EQ(header(methods, "Allow"), "GET");
    EXPECT_EQ(client.response().status, 404);
    auto const wrong = client.response();
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(header(wrong, "Allow"), "POST");
    expect_serves(client);
}

TEST_F(ConditionalRequestsTest, a_body_that_a_client_holds_back_is_asked_for)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 4\r\nExpect: 100-Continue\r\n"));
    EXPECT_EQ(client.response().head, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    EXPECT_EQ(client.response().body, "body");
    expect_serves(client);
}

TEST_F(ConditionalRequestsTest, a_body_that_no_route_takes_is_not_asked_for)
{
    for (auto const* target : {"/nothing", "/hello"}) {
        RawConnection client(port());
        client.send(request("POST", target, "Content-Length: 4\r\nExpect: 100-continue\r\n"));
        EXPECT_GE(client.response().status, 404) << target;
        EXPECT_TRUE(client.closed()) << target; // whether the body still comes, nobody knows
    }
}

TEST_F(ConditionalRequestsTest, http_1_0_is_never_told_to_continue)
{
    RawConnection client(port());
    client.send("POST /echo HTTP/1.0\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody");
    EXPECT_EQ(client.response().body, "body");
    EXPECT_TRUE(client.closed());
}

TEST_F(ConditionalRequestsTest, another_expectation_is_417)
{
    for (auto const* expected : {"200-ok", "100-continue, 200-ok", "", "100-continued"})
        expect_refused(post("/echo", "body", "Expect: "s + expected + "\r\n"), 417);
}

TEST_F(ConditionalRequestsTest, a_body_that_is_encoded_is_415)
{
    for (auto const* encoding : {"gzip", "GZIP", "br", "identity, gzip", "x", "\xff"}) {
        auto const header = "Content-Encoding: "s + encoding + "\r\n";
        expect_refused(post("/echo", "body", header), 415);
        expect_refused(post("/upload", "body", header), 415);
        expect_refused(request("POST", "/echo", header + "Transfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"),
                       415);
        expect_refused(post("/echo", "body", "Content-Encoding: identity\r\n" + header), 415);
    }
    auto const refused = ask(post("/echo", "body", "Content-Encoding: gzip\r\n"));
    EXPECT_EQ(refused.body, "{\"detail\":\"Content-Encoding: 'gzip' is not understood: send the body as it is, without "
                            "this header\"}");
    EXPECT_NE(refused.head.find("\r\nAccept-Encoding: identity\r\n"), std::string::npos);
}

TEST_F(ConditionalRequestsTest, a_body_that_is_not_encoded_may_say_so)
{
    for (auto const* header :
         {"Content-Encoding: identity\r\n", "Content-Encoding: Identity\r\n", "Content-Encoding:\r\n"})
        EXPECT_EQ(ask(post("/echo", "body", header)).body, "body") << header;
    EXPECT_EQ(ask(request("GET", "/hello", "Content-Encoding: gzip\r\n")).status, 200) << "it has none";
    EXPECT_EQ(ask(post("/echo", "", "Content-Encoding: gzip\r\n")).status, 200);
}

TEST_F(ConditionalRequestsTest, an_upgrade_that_nobody_offers_is_ignored)
{
    RawConnection client(port());
    for (auto const* headers :
         {"Connection: Upgrade\r\nUpgrade: websocket\r\n", "Connection: upgrade\r\n", "Upgrade: h2c\r\n",
          "Connection: keep-alive, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
          "Connection: Upgrade\r\nUpgrade: \xff\xfe,,/;\r\n", "Connection: keep-alive\r\n",
          "Connection: keep-alive, \r\n", "Connection: ,,,\r\n", "Connection:\r\n"}) {
        client.send(request("GET", "/hello", headers));
        ASSERT_EQ(client.response().body, "hello") << headers;
    }
}

TEST_F(ConditionalRequestsTest, a_header_connection_that_is_none_is_answered)
{
    for (auto const* headers :
         {"Connection: \"close\"\r\n", "Connection: ;\r\n", "Connection: keep-alive;timeout=5\r\n",
          "Connection: \xff\r\n", "Connection: upgrade garbage\r\n"}) {
        auto const status = ask(request("GET", "/hello", headers)).status;
        EXPECT_TRUE(status == 200 || status == 400) << headers << status;
    }
}

TEST_F(ConditionalRequestsTest, the_client_decides_whether_the_connection_stays)
{
    for (auto const* bytes : {"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                              "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade, Close\r\n\r\n",
                              "GET /hello HTTP/1.0\r\n\r\n"}) {
        RawConnection client(port());
        client.send(bytes);
        EXPECT_EQ(header(client.response(), "Connection"), "close") << bytes;
        EXPECT_TRUE(client.closed()) << bytes;
    }
    RawConnection client(port());
    client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(header(client.response(), "Connection"), "keep-alive");
    expect_serves(client);
}

} // namespace
} // namespace learning_loop::http
