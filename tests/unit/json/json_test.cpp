#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace learning_loop {
namespace {

TEST(Json, writes_the_shortest_plain_form_of_a_double)
{
    EXPECT_EQ(to_text(0.45), "0.45");
    EXPECT_EQ(to_text(1e-7), "0.0000001");
    EXPECT_EQ(to_text(1.0), "1.0");
    EXPECT_EQ(to_text(-2.5), "-2.5");
    EXPECT_EQ(to_text(1e21), "1000000000000000000000.0");
}

TEST(Json, has_no_word_for_what_is_no_number)
{
    EXPECT_EQ(to_text(std::numeric_limits<double>::quiet_NaN()), "null");
    EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "null");
}

TEST(Json, writes_the_largest_double)
{
    auto const text = to_text(std::numeric_limits<double>::max());
    EXPECT_EQ(text.size(), 311u); // 309 digits and ".0"
    EXPECT_EQ(std::stod(text), std::numeric_limits<double>::max());
}

TEST(Json, gives_back_the_document_it_read)
{
    std::string const text =
        R"({"a":[1,-2,0.25,true,false,null],"b":{"c":"\"\\\n\u0001ä"},"big":18446744073709551615,"e":[],"f":{}})";
    EXPECT_EQ(to_text(parse_json(text, "test").value()), text);
}

TEST(Json, keeps_an_escaped_key_a_key)
{
    EXPECT_EQ(to_text(parse_json(R"({"a\"b": 0.5})", "test").value()), R"({"a\"b":0.5})");
}

TEST(Json, refuses_a_bomb_of_nested_lists)
{
    EXPECT_FALSE(parse_json(std::string(10'000, '['), "test"));
    EXPECT_FALSE(parse_json(std::string(10'000, '[') + std::string(10'000, ']'), "test"));
    EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']'), "test"));
    EXPECT_FALSE(parse_json(std::string(65, '[') + std::string(65, ']'), "test"));
}

TEST(Json, refuses_a_number_that_no_double_holds)
{
    for (auto const& [text, place] : {std::pair("1e400", "the document"),
                                      {"[-1e309]", "[0]"},
                                      {R"({"a":[{"b":12356789012341e3080}]})", "a[0].b"}}) {
        auto const refused = parse_json(text, "test");
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().message, "test: " + std::string(place) + " is a number beyond 1.8e308");
    }
    EXPECT_TRUE(parse_json("[1.7e308, 1e-400]", "test"));
}

TEST(Json, takes_the_last_of_two_values)
{
    EXPECT_EQ(to_text(parse_json(R"({"a": 1, "a": 2})", "test").value()), R"({"a":2})");
}

TEST(Json, names_the_document_that_is_none)
{
    auto const broken = parse_json("{\"a\": }", "model.json");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, Errc::invalid_argument);
    EXPECT_TRUE(broken.error().message.starts_with("model.json: is not valid JSON (")) << broken.error().message;
}

TEST(Json, refuses_what_is_not_one_whole_document)
{
    using namespace std::string_literals;
    for (auto const& text : {""s, "{"s, "[1,]"s, "{} {}"s, "nul"s, "'a'"s, "\"\xff\""s, "\"a\0b\""s, "NaN"s, "01"s,
                             R"("\ud800")"s, "\xef\xbb\xbf{}"s}) {
        EXPECT_FALSE(parse_json(text, "test")) << text;
    }
}

TEST(Json, numbers_that_are_none_count_as_null_where_they_are_expected)
{
    auto const text = [](std::string_view json) {
        auto const value = parse_json_with_odd_numbers(json, "it");
        return value ? to_text(*value) : value.error().message;
    };
    EXPECT_EQ(text(R"([NaN, -Infinity,Infinity,1e400,-1e400,1.5])"), "[null,null,null,null,null,1.5]");
    EXPECT_EQ(text(R"({"a":"NaN \" Infinity","NaN":NaN})"), R"({"a":"NaN \" Infinity","NaN":null})");
    EXPECT_EQ(text(R"({"a":"\\","b":NaN})"), R"({"a":"\\","b":null})");
    EXPECT_EQ(text("[NaNa]"), parse_json("[nulla]", "it").error().message);
    EXPECT_FALSE(parse_json("[NaN]", "it"));
    EXPECT_EQ(text(R"(["\udcff","a\ud83d\ude00","\ud83dx","\\ud83d"])"), R"(["�","a😀","�x","\\ud83d"])");
    EXPECT_EQ(text("\xEF\xBB\xBF[1]"), "[1]");
}

} // namespace
} // namespace learning_loop
