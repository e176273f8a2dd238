#include "learning_loop/http/client/impl/answer_head.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

using std::chrono::seconds;

AnswerHead head_of(std::initializer_list<std::string_view> lines)
{
    AnswerHead head;
    for (auto const line : lines) head.take(line).value();
    return head;
}

TEST(RetryAfter, is_seconds_or_a_date_and_at_most_an_hour)
{
    auto const now = std::chrono::system_clock::from_time_t(1445412480); // Wed, 21 Oct 2015 07:28:00 GMT
    std::vector<std::pair<char const*, int>> const table{{"7", 7},
                                                         {"0", 0},
                                                         {"3601", 3600},
                                                         {"1000000000", 3600},
                                                         {"99999999999999999999999", 3600},
                                                         {"Wed, 21 Oct 2015 07:28:09 GMT", 9},
                                                         {"Wednesday, 21-Oct-15 07:28:09 GMT", 9},
                                                         {"Wed Oct 21 07:28:09 2015", 9},
                                                         {"Wed, 21 Oct 2015 07:27:00 GMT", 0},
                                                         {"Wed, 21 Oct 2099 07:27:00 GMT", 3600},
                                                         {"", 0},
                                                         {"-5", 0},
                                                         {"soon", 0},
                                                         {"7 s", 0},
                                                         {"7.5", 0},
                                                         {"tomorrow: noon", 0}};
    for (auto const& [value, wait] : table) EXPECT_EQ(retry_after(value, now), seconds(wait)) << value;
}

TEST(AnswerHead, reads_what_a_client_needs)
{
    auto const head = head_of({"HTTP/1.1 206 Partial Content\r\n", "etag: \"a\"\r\n", "Content-Length:  5 \r\n",
                               "Content-Range: bytes 5-9/10\r\n", "Location: /x\r\n", "\r\n"});
    EXPECT_EQ(head.status, 206);
    EXPECT_EQ(head.etag, "\"a\"");
    EXPECT_EQ(head.content_length, 5u);
    EXPECT_EQ(head.content_range->first, 5u);
    EXPECT_EQ(head.content_range->total, 10u);
    EXPECT_EQ(head.location, "/x");
    EXPECT_TRUE(head.has_end());
}

TEST(AnswerHead, forgets_an_interim_answer)
{
    auto const head = head_of({"HTTP/1.1 103 Early Hints\r\n", "Retry-After: 7\r\n", "\r\n", "HTTP/2 503\r\n"});
    EXPECT_EQ(head.status, 503);
    EXPECT_EQ(head.retry_after, seconds(0));
}

TEST(AnswerHead, trusts_no_weak_tag_and_no_range_but_the_rest)
{
    EXPECT_EQ(head_of({"ETag: W/\"a\""}).etag, "");
    for (auto const* range :
         {"bytes 5-8/10", "bytes 9-5/10", "bytes */10", "bytes 5-9/*", "lines 5-9/10", "bytes -9/10"})
        EXPECT_FALSE(head_of({std::string_view("Content-Range: " + std::string(range))}).content_range) << range;
}

TEST(AnswerHead, knows_what_is_compressed)
{
    EXPECT_TRUE(head_of({"Content-Encoding: gzip"}).is_encoded);
    EXPECT_FALSE(head_of({"Content-Encoding: identity"}).is_encoded);
    EXPECT_TRUE(head_of({"Transfer-Encoding: chunked"}).has_end());
    EXPECT_FALSE(AnswerHead().take("Transfer-Encoding: gzip, chunked"));
}

} // namespace
} // namespace learning_loop::http
