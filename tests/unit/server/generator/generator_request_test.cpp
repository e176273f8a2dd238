#include "learning_loop/server/generator/generator_request.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

Result<GeneratorRequest> request_from(std::string_view json)
{
    return generator_request_from(*parse_json(json, "the test"));
}

TEST(GeneratorRequest, a_name_is_enough)
{
    auto const request = *request_from(R"({"project_name": "Field"})");
    EXPECT_EQ(request.project_name, "field");
    EXPECT_EQ(request.complete, 0);
    EXPECT_EQ(request.image_style, "beautiful");
    EXPECT_GE(*request.seed, 0);
}

TEST(GeneratorRequest, the_seed_is_drawn_from_the_name)
{
    EXPECT_EQ(request_from(R"({"project_name": "a"})")->seed, request_from(R"({"project_name": "a"})")->seed);
    EXPECT_NE(request_from(R"({"project_name": "a"})")->seed, request_from(R"({"project_name": "b"})")->seed);
    EXPECT_EQ(request_from(R"({"project_name": "a", "seed": -5})")->seed, -5);
}

TEST(GeneratorRequest, keys_of_other_generators_are_ignored)
{
    EXPECT_TRUE(request_from(R"({"project_name": "a", "thumbs": false, "skeleton": 2, "box_annotations": 0})"));
}

struct WrongRequest {
    std::string name;
    std::string json;
    std::string field;
};
void PrintTo(WrongRequest const& request, std::ostream* out)
{
    *out << request.name;
}

class WrongGeneratorRequest : public testing::TestWithParam<WrongRequest> {};

TEST_P(WrongGeneratorRequest, is_refused_with_its_field)
{
    auto const request = request_from(GetParam().json);
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, Errc::unprocessable);
    EXPECT_TRUE(request.error().message.starts_with(GetParam().field + ": ")) << request.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Requests, WrongGeneratorRequest,
    testing::Values(WrongRequest{"no_name", "{}", "project_name"}, WrongRequest{"a_list", "[]", "the document"},
                    WrongRequest{"a_blank_in_the_name", R"({"project_name": "a b"})", "project_name"},
                    WrongRequest{"a_path_as_name", R"({"project_name": "../a"})", "project_name"},
                    WrongRequest{"a_negative_count", R"({"project_name": "a", "inbox": -1})", "inbox"},
                    WrongRequest{"too_many_images", R"({"project_name": "a", "complete": 100001})", "complete"},
                    WrongRequest{"a_text_as_count", R"({"project_name": "a", "complete": "3"})", "complete"},
                    WrongRequest{"too_many_categories", R"({"project_name": "a", "box_categories": 5})",
                                 "box_categories"},
                    WrongRequest{"an_unknown_style", R"({"project_name": "a", "image_style": "ugly"})", "image_style"},
                    WrongRequest{"a_broken_seed", R"({"project_name": "a", "seed": 0.5})", "seed"}),
    [](auto const& tested) { return tested.param.name; });

TEST(GeneratorRequest, categories_are_named_by_colour_and_type)
{
    auto const request = *request_from(R"({"project_name": "a", "box_categories": 2, "point_categories": 1})");
    auto const categories = categories_of(request, "o");
    ASSERT_EQ(categories.size(), 3U);
    EXPECT_EQ(categories[0].name, "purple box");
    EXPECT_EQ(categories[0].color, "#FF00FF");
    EXPECT_EQ(categories[1].name, "green box");
    EXPECT_EQ(categories[2].name, "purple point");
    EXPECT_EQ(categories[2].type, "point");
    EXPECT_EQ(categories_of(request, "o")[0].id, categories[0].id);
    EXPECT_NE(categories_of(request, "other")[0].id, categories[0].id);
}

} // namespace
} // namespace learning_loop
