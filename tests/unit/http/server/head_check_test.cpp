#include "learning_loop/http/server/head_check.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

using namespace std::string_literals;

std::string head_with(std::string const& fields)
{
    return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

int status_of(std::string const& head)
{
    auto const checked = check_head(head, {});
    return checked ? 0 : checked.error().response.status;
}

TEST(HeadCheck, passes_what_clients_send)
{
    EXPECT_EQ(status_of(head_with("")), 0);
    EXPECT_EQ(status_of(head_with("Content-Length: 12\r\ncamera_id: a\tb\r\nX-Latin: \xe4\r\nEmpty:\r\n")), 0);
    EXPECT_EQ(status_of(head_with("transfer-encoding:\t CHUNKED \r\n")), 0);
}

TEST(HeadCheck, refuses_what_two_programs_may_read_in_two_ways)
{
    for (auto const& fields :
         {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"s, "Content-Length: 3\r\nContent-Length: 3\r\n"s,
          "Content-Length: 3, 3\r\n"s, "Content-Length: +1\r\n"s, "Content-Length: 0x1\r\n"s, "Content-Length:\r\n"s,
          "Transfer-Encoding: gzip, chunked\r\n"s, "Transfer-Encoding: xchunked\r\n"s,
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"s, "A: b\r\n folded: c\r\n"s, "A : b\r\n"s,
          "A\r\n"s, ": b\r\n"s, "A: b\nB: c\r\n"s, "A: b\rB: c\r\n"s, "A: \0\r\n"s, "A: \x7f\r\n"s, "\xe4: b\r\n"s}) {
        EXPECT_EQ(status_of(head_with(fields)), 400) << fields;
    }
}

TEST(HeadCheck, bounds_the_request_line_the_fields_and_the_whole)
{
    auto const line = [](std::size_t bytes) { return "GET /" + std::string(bytes - 14, 'x') + " HTTP/1.1"; };
    EXPECT_EQ(status_of(line(8192) + "\r\n\r\n"), 0);
    EXPECT_EQ(status_of(line(8193) + "\r\n\r\n"), 414);
    std::string fields;
    for (int i = 0; i < 99; ++i) fields += "A: b\r\n";
    EXPECT_EQ(status_of(head_with(fields)), 0);
    EXPECT_EQ(status_of(head_with(fields + "A: b\r\n")), 431);
    auto const fill = 16 * 1024 - head_with("A: \r\n").size();
    EXPECT_EQ(status_of(head_with("A: " + std::string(fill, 'x') + "\r\n")), 0);
    EXPECT_EQ(status_of(head_with("A: " + std::string(fill + 1, 'x') + "\r\n")), 431);
}

TEST(HeadCheck, tells_as_early_as_it_can)
{
    EXPECT_TRUE(check_beginning("GET /" + std::string(8000, 'x'), {}));
    EXPECT_EQ(check_beginning("GET /" + std::string(8200, 'x'), {}).error().response.status, 414);
    EXPECT_EQ(check_beginning("GET / HTTP/1.1\r\nA: " + std::string(16'400, 'x'), {}).error().response.status, 431);
    EXPECT_EQ(check_beginning("GET /\0"s, {}).error().response.status, 400);
}

TEST(HeadCheck, finds_the_end)
{
    EXPECT_FALSE(end_of_head("GET / HTTP/1.1\r\n\r"));
    EXPECT_EQ(end_of_head("GET / HTTP/1.1\r\n\r\nbody"), 18u);
}

} // namespace
} // namespace learning_loop::http
