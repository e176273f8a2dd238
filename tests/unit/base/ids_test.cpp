#include "learning_loop/base/ids.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace learning_loop {
namespace {

using namespace std::string_view_literals;

TEST(Ids, are_uuids_of_version_7_in_lower_case)
{
    auto const uuid = new_uuid();
    EXPECT_TRUE(is_uuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '7');
    EXPECT_NE("89ab"sv.find(uuid[19]), std::string_view::npos) << uuid;
    EXPECT_EQ(uuid, lower_case(uuid));
}

TEST(Ids, sort_by_the_time_they_were_made)
{
    std::vector<std::string> uuids;
    for (int i = 0; i < 20'000; ++i) uuids.push_back(new_uuid());
    EXPECT_TRUE(std::is_sorted(uuids.begin(), uuids.end()));
}

TEST(Ids, go_on_after_one_of_a_later_clock)
{
    auto const of_2100 = "03bb2cc3-d800-7fff-bfff-ffffffffffff";
    continue_after(of_2100);
    EXPECT_GT(new_uuid(), of_2100);
    EXPECT_EQ(new_uuid().substr(0, 8), "03bb2cc3");
}

TEST(Ids, go_on_after_nothing_that_no_clock_tells)
{
    for (auto const* no_time : {"", "2024-01-31_12:00:00.123456", "ffffffff-ffff-7fff-bfff-ffffffffffff",
                                "ffffffff-ffff-4fff-bfff-ffffffffffff"}) {
        continue_after(no_time);
        EXPECT_LT(new_uuid().substr(0, 2), "10") << no_time;
    }
}

TEST(Ids, are_unique_whichever_thread_makes_them)
{
    std::vector<std::vector<std::string>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& uuids : made) {
            threads.emplace_back([&uuids] { std::generate_n(std::back_inserter(uuids), 25'000, new_uuid); });
        }
    }
    std::set<std::string> all;
    for (auto const& uuids : made) all.insert(uuids.begin(), uuids.end());
    EXPECT_EQ(all.size(), 100'000u);
    for (auto const& uuids : made) EXPECT_TRUE(std::is_sorted(uuids.begin(), uuids.end()));
}

TEST(Ids, take_a_uuid_of_any_version_and_case)
{
    EXPECT_TRUE(is_uuid("00000000-0000-0000-0000-000000000000"));
    EXPECT_TRUE(is_uuid("BA7816BF-8f01-4fea-0141-40de5dae2223"));
}

TEST(Ids, refuse_what_is_no_uuid)
{
    for (auto const text : {""sv, "ba7816bf8f018fea814140de5dae2223"sv, "ba7816bf-8f01-8fea-8141-40de5dae222"sv,
                            "ba7816bf-8f01-8fea-8141-40de5dae22233"sv, "ba7816bg-8f01-8fea-8141-40de5dae2223"sv,
                            "ba7816bf08f01-8fea-8141-40de5dae2223"sv, "../816bf-8f01-8fea-8141-40de5dae2223"sv}) {
        EXPECT_FALSE(is_uuid(text)) << text;
    }
}

TEST(Ids, take_versions_of_digits_and_dots)
{
    for (auto const text : {"1"sv, "1.3"sv, "10.20.30"sv}) EXPECT_TRUE(is_version(text)) << text;
    for (auto const text : {""sv, "."sv, ".."sv, "1."sv, ".1"sv, "1..2"sv, "1.3a"sv, "1/3"sv, "latest"sv, "1\0"sv}) {
        EXPECT_FALSE(is_version(text)) << text;
    }
    EXPECT_TRUE(is_version(std::string(50, '1')));
    EXPECT_FALSE(is_version(std::string(51, '1')));
}

TEST(Ids, take_names_that_are_safe_in_a_path)
{
    for (auto const text : {"a"sv, "zauberzeug"sv, "Demo_1-b.c"sv}) EXPECT_TRUE(is_name(text)) << text;
    for (auto const text :
         {""sv, "."sv, ".."sv, ".hidden"sv, "a/b"sv, "a\\b"sv, "a\0"sv, "a b"sv, "a%2f"sv, "\xc3\xa4"sv, "a\n"sv}) {
        EXPECT_FALSE(is_name(text)) << text;
    }
    EXPECT_TRUE(is_name(std::string(100, 'a')));
    EXPECT_FALSE(is_name(std::string(101, 'a')));
}

TEST(Ids, give_the_same_content_the_same_uuid)
{
    EXPECT_EQ(uuid_of(sha256("abc")), "ba7816bf-8f01-8fea-8141-40de5dae2223");
    EXPECT_NE(uuid_of(sha256("abd")), uuid_of(sha256("abc")));
}

} // namespace
} // namespace learning_loop
