#include "learning_loop/http/conditional.h"

#include <gtest/gtest.h>

#include <ostream>

namespace learning_loop::http {

void PrintTo(FilePart const& part, std::ostream* out)
{
    *out << part.status << " from " << part.first << ", " << part.count;
}

namespace {

constexpr auto tag = "\"abc\"";

FilePart part_for(Headers const& headers, std::uint64_t size = 10)
{
    return part_of_file(headers, size, tag);
}

TEST(Conditional, sends_a_range_of_bytes)
{
    EXPECT_EQ(part_for({{"Range", "bytes=2-5"}}), (FilePart{206, 2, 4}));
    EXPECT_EQ(part_for({{"range", "Bytes = 2 - "}}), (FilePart{206, 2, 8}));
    EXPECT_EQ(part_for({{"Range", "bytes=-3"}}), (FilePart{206, 7, 3}));
    EXPECT_EQ(part_for({{"Range", "bytes=-100"}}), (FilePart{206, 0, 10}));
    EXPECT_EQ(part_for({{"Range", "bytes=0-18446744073709551615"}}), (FilePart{206, 0, 10}));
}

TEST(Conditional, refuses_a_range_that_is_not_there)
{
    EXPECT_EQ(part_for({{"Range", "bytes=10-"}}).status, 416);
    EXPECT_EQ(part_for({{"Range", "bytes=-0"}}).status, 416);
    EXPECT_EQ(part_for({{"Range", "bytes=0-0"}}, 0).status, 416);
}

TEST(Conditional, ignores_a_range_that_makes_no_sense)
{
    for (auto const* range : {"bytes", "bytes=", "bytes=a-b", "bytes=5-2", "bytes=1-2,4-5", "lines=1-2", "bytes=1",
                              "bytes=18446744073709551616-", "bytes=--1"}) {
        EXPECT_EQ(part_for({{"Range", range}}), (FilePart{200, 0, 10})) << range;
    }
}

TEST(Conditional, sends_nothing_that_the_client_has)
{
    for (auto const* known : {"\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"}) {
        EXPECT_EQ(part_for({{"If-None-Match", known}, {"Range", "bytes=2-5"}}).status, 304) << known;
    }
    EXPECT_EQ(part_for({{"If-None-Match", "\"ab\""}}).status, 200);
}

TEST(Conditional, goes_on_only_where_the_client_holds_a_part_of_the_same_file)
{
    EXPECT_EQ(part_for({{"If-Range", tag}, {"Range", "bytes=2-5"}}).status, 206);
    EXPECT_EQ(part_for({{"If-Range", "\"old\""}, {"Range", "bytes=2-5"}}), (FilePart{200, 0, 10}));
    EXPECT_EQ(part_for({{"If-Range", "Sat, 01 Jan 2026 00:00:00 GMT"}, {"Range", "bytes=2-5"}}).status, 200);
}

} // namespace
} // namespace learning_loop::http
