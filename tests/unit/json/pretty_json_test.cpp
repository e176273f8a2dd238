#include "learning_loop/json/pretty_json.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(PrettyJson, puts_each_member_on_a_line)
{
    auto const json = *parse_json(R"({"a": [1, {"b": "x\"y"}], "c": {}, "d": [], "e": 0.5})", "the test");
    EXPECT_EQ(pretty_text(json), "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x\\\"y\"\n    }\n  ],\n  \"c\": {},\n  "
                                 "\"d\": [],\n  \"e\": 0.5\n}\n");
}

TEST(PrettyJson, reads_back_as_what_it_was)
{
    auto const json = *parse_json(R"({"a": [[], [[1]], null, true], "": {"x": {"y": -1.25}}})", "the test");
    EXPECT_EQ(*parse_json(pretty_text(json), "the test"), json);
}

} // namespace
} // namespace learning_loop
