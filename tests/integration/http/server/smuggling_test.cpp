// What two readers of one connection could take for different requests is refused, and what stands behind it is never
// taken for a request.
#include "integration/http/server/server_fixture.h"

namespace learning_loop::http {
namespace {

using namespace std::string_literals;
using test::RawConnection;

struct SmugglingTest : ServerFixture {
    /// A POST whose body's framing is told by these headers.
    void expect_no_framing(std::string const& headers, std::string const& body = "abc")
    {
        expect_refused(request("POST", "/echo", headers, body), 400);
    }
    void expect_no_chunks(std::string const& body)
    {
        expect_refused(request("POST", "/echo", "Transfer-Encoding: chunked\r\n", body), 400);
    }
    void expect_echo(std::string const& asked, std::string const& body)
    {
        RawConnection client(port());
        client.send(asked);
        EXPECT_EQ(client.response().body, body) << asked;
        expect_serves(client);
    }
};

TEST_F(SmugglingTest, a_body_has_one_length)
{
    expect_no_framing("Content-Length: 3\r\nContent-Length: 4\r\n");
    expect_no_framing("Content-Length: 3\r\nContent-Length: 3\r\n");
    expect_no_framing("Content-Length: 3, 3\r\n");
    expect_no_framing("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n");
    expect_no_framing("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n");
    expect_no_framing("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "0\r\n\r\n");
}

TEST_F(SmugglingTest, a_length_is_a_number)
{
    for (auto const* length : {"+3", "-1", "-3", "3 3", "0x3", "3.0", "3e0", "three", "", "3;", "\"3\"",
                               "18446744073709551616", "99999999999999999999999"})
        expect_no_framing("Content-Length: "s + length + "\r\n");
    expect_refused(request("POST", "/echo", "Content-Length: 18446744073709551615\r\n"), 413);
    expect_echo(request("POST", "/echo", "Content-Length: 3\r\n", "abc"), "abc");
    expect_echo(request("POST", "/echo", "Content-Length:3\r\n", "abc"), "abc");
    expect_echo(request("POST", "/echo", "Content-Length: \t 0003 \r\n", "abc"), "abc"); // blanks around are allowed
}

TEST_F(SmugglingTest, chunked_is_the_only_encoding)
{
    for (auto const* encoding : {"gzip, chunked", "chunked, chunked", "chunked, gzip", "xchunked", "chunkedx",
                                 "identity", "gzip", "chunked;q=1", "\"chunked\"", "\vchunked", "", ",", "chunked,"})
        expect_no_framing("Transfer-Encoding: "s + encoding + "\r\n", "0\r\n\r\n");
    expect_no_framing("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n");
    expect_no_framing("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n");
    expect_echo(request("POST", "/echo", "Transfer-Encoding: Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), "abc");
    expect_echo(request("POST", "/echo", "TRANSFER-ENCODING:chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), "abc");
}

TEST_F(SmugglingTest, http_1_0_knows_no_chunks)
{
    expect_refused("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    expect_refused("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
}

TEST_F(SmugglingTest, a_head_has_whole_lines)
{
    expect_refused("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", 400); // folded
    expect_refused("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\r\n\tb\r\n\r\n", 400);
    expect_refused("GET /hello HTTP/1.1\r\n Host: localhost\r\n\r\n", 400);
    expect_refused("GET /hello HTTP/1.1\nHost: localhost\n\n", 400); // lines that end in LF alone
    expect_refused("GET /hello HTTP/1.1\r\nHost: localhost\nX: a\r\n\r\n", 400);
    expect_refused("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\n\r\n\r\n", 400);
    expect_refused("GET /hello HTTP/1.1\rHost: localhost\r\r", 400); // or in CR alone
    expect_refused("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\rY: b\r\n\r\n", 400);
    expect_refused("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\r\r\n\r\n", 400);
}

TEST_F(SmugglingTest, a_head_in_lines_of_their_own_ends_is_refused_though_nothing_follows)
{
    for (auto const* bytes : {"GET /hello HTTP/1.1\nHost: localhost\n\n", "GET /hello HTTP/1.1\rHost: localhost\r\r"}) {
        RawConnection client(port());
        client.send(bytes);
        EXPECT_EQ(client.response().status, 400);
        EXPECT_TRUE(client.closed());
    }
}

TEST_F(SmugglingTest, a_head_has_no_control_characters)
{
    for (auto const& bytes : {"\0"s, "\x01"s, "\b"s, "\v"s, "\f"s, "\x1b"s, "\x7f"s}) {
        expect_refused("GET /hel" + bytes + "lo HTTP/1.1\r\nHost: localhost\r\n\r\n", 400);
        expect_refused(request("GET", "/hello", "X-" + bytes + ": a\r\n"), 400);
        expect_refused(request("GET", "/hello", "X: a" + bytes + "b\r\n"), 400);
    }
}

TEST_F(SmugglingTest, a_field_has_a_name)
{
    for (auto const* line : {"Host : localhost", "Host\t: localhost", ": localhost", "localhost", "X Y: a", "X@: a",
                             "(X): a", "\xc3\xa4: a"})
        expect_refused("GET /hello HTTP/1.1\r\nHost: localhost\r\n"s + line + "\r\n\r\n", 400);
    expect_no_framing("Content-Length : 3\r\n");
    expect_no_framing("Transfer-Encoding : chunked\r\n", "0\r\n\r\n");
    expect_no_framing("Content_Length: 3\r\nContent-Length : 4\r\n");
}

TEST_F(SmugglingTest, a_request_line_has_three_words)
{
    for (auto const* line : {"GET /hello", "GET  /hello HTTP/1.1", "GET /hello  HTTP/1.1", "GET /hello HTTP/1.1 ",
                             " GET /hello HTTP/1.1", "GET /hel lo HTTP/1.1", "GET\t/hello HTTP/1.1", "GET HTTP/1.1",
                             "GET /hello HTTP/3.0", "GET /hello HTTP/2.0", "GET /hello HTTP/0.9", "GET /hello http/1.1",
                             "GET /hello HTTP/1.10", "GET /hello HTTP/1", "G(T /hello HTTP/1.1", "/hello", ""})
        expect_refused(line + "\r\nHost: localhost\r\n\r\n"s, 400);
    expect_refused("\x16\x03\x01\x02 hello TLS\r\n\r\n", 400);
}

TEST_F(SmugglingTest, a_chunk_has_a_size)
{
    for (auto const* size : {"-1", "+3", "0x3", " 3", "3 3", "xyz", "", "3,", "ffffffffffffffff0", "10000000000000000",
                             "00000000000000000000000000000000000g"})
        expect_no_chunks(size + "\r\nabc\r\n0\r\n\r\n"s);
    expect_refused(request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\nabc"), 413);
    expect_refused(request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "3e9\r\nabc"), 413);
}

TEST_F(SmugglingTest, a_chunk_ends_where_its_size_tells)
{
    expect_no_chunks("3\r\nabcd\r\n0\r\n\r\n");
    expect_no_chunks("3\r\nabc0\r\n\r\n");
    expect_no_chunks("3\nabc\n0\n\n");
    expect_no_chunks("3\r\nabc\n0\r\n\r\n");
    expect_no_chunks("3\rabc\r0\r\r");
}

TEST_F(SmugglingTest, a_chunk_may_have_extensions_but_not_without_end)
{
    expect_echo(request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "3;a=b;c=\"d\"\r\nabc\r\n0;e\r\n\r\n"),
                "abc");
    expect_no_chunks("3;" + std::string(1 << 20, 'x') + "\r\nabc\r\n0\r\n\r\n");
    expect_no_chunks("3;a=b\nX: y\r\nabc\r\n0\r\n\r\n");
}

TEST_F(SmugglingTest, what_follows_the_last_chunk_does_not_grow_without_end)
{
    expect_echo(request("POST", "/echo", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\nX-Checksum: 1\r\n\r\n"),
                "abc");
    expect_no_chunks("3\r\nabc\r\n0\r\nX: " + std::string(1 << 20, 'x') + "\r\n\r\n");
    expect_no_chunks("3\r\nabc\r\n0\r\nno colon\r\n\r\n");
}

TEST_F(SmugglingTest, what_follows_the_last_chunk_tells_no_framing)
{
    expect_no_chunks("3\r\nabc\r\n0\r\nContent-Length: 100\r\n\r\n");
    expect_no_chunks("3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST_F(SmugglingTest, a_body_that_nobody_asked_for_is_no_request)
{
    auto const inner = request("GET", "/hello");
    RawConnection client(port());
    client.send(request("GET", "/seen/a", "Content-Length: " + std::to_string(inner.size()) + "\r\n", inner));
    EXPECT_EQ(client.response().body, "/seen/a|a|-|-");
    expect_serves(client);
    EXPECT_EQ(handled, 2);
    expect_refused(post("/nothing", inner), 404); // unread, so the connection ends
    expect_refused(post("/hello", inner), 405);
}

TEST_F(SmugglingTest, a_host_is_there_once)
{
    EXPECT_EQ(ask("GET /hello HTTP/1.1\r\n\r\n").status, 400);
    EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status, 400);
    EXPECT_EQ(ask("GET /hello HTTP/1.0\r\n\r\n").status, 200);
}

} // namespace
} // namespace learning_loop::http
