#include "learning_loop/server/generator/generator_request.h"

#include "learning_loop/json/json.h"
#include "learning_loop/server/generator/planned_models.h"

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
    EXPECT_TRUE(request_from(R"({"project_name": "a", "thumbs": false, "skeleton": 2, "mode": "boxes"})"));
}

TEST(GeneratorRequest, the_keys_of_2021_stand_for_those_of_boxes)
{
    auto const former = *request_from(R"({"project_name": "a", "categories": 1, "detections": 2, "annotations": 3})");
    EXPECT_EQ(former.box_categories, 1);
    EXPECT_EQ(former.box_detections, 2);
    EXPECT_EQ(former.box_annotations, 3);
    EXPECT_EQ(request_from(R"({"project_name": "a", "categories": 1, "box_categories": 0})")->box_categories, 0);
    EXPECT_EQ(request_from(R"({"project_name": "a", "categories": 1, "box_categories": null})")->box_categories, 1);
}

TEST(GeneratorRequest, completing_it_again_changes_nothing)
{
    auto const once =
        *request_from(R"({"project_name": "a", "categories": 1, "trainings": 1, "deployment_target": "2.1",
        "models": ["2.1", {"formats": ["onnx", "mocked"]}, {"id": "00000000-0000-0000-0000-00000000000A"}]})");
    auto const text = to_text(to_json(once));
    EXPECT_EQ(to_text(to_json(*request_from(text))), text);
}

TEST(GeneratorRequest, models_get_the_versions_behind_those_that_are_given)
{
    auto const request = *request_from(R"({"project_name": "a", "trainings": 2, "models":
        [{"formats": ["onnx"]}, "1.0", {"version": "3.2", "id": "00000000-0000-0000-0000-00000000000A"}]})");
    std::vector<std::string> versions;
    for (auto const& model : planned_models(request, "o")) versions.push_back(model.expected_version);
    EXPECT_EQ(versions, (std::vector<std::string>{"1.0", "3.2", "4.0", "5.0", "6.0"}));
    EXPECT_EQ(planned_models(request, "o")[1].id, "00000000-0000-0000-0000-00000000000a");
    EXPECT_EQ(planned_models(request, "o")[2].formats, std::vector<std::string>{"onnx"});
    EXPECT_NE(planned_models(request, "o")[0].id, planned_models(request, "p")[0].id);
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
    testing::Values(
        WrongRequest{"no_name", "{}", "project_name"}, WrongRequest{"a_list", "[]", "the document"},
        WrongRequest{"a_blank_in_the_name", R"({"project_name": "a b"})", "project_name"},
        WrongRequest{"a_path_as_name", R"({"project_name": "../a"})", "project_name"},
        WrongRequest{"a_negative_count", R"({"project_name": "a", "inbox": -1})", "inbox"},
        WrongRequest{"too_many_images", R"({"project_name": "a", "complete": 100001})", "complete"},
        WrongRequest{"a_text_as_count", R"({"project_name": "a", "complete": "3"})", "complete"},
        WrongRequest{"too_many_categories", R"({"project_name": "a", "box_categories": 5})", "box_categories"},
        WrongRequest{"an_unknown_style", R"({"project_name": "a", "image_style": "ugly"})", "image_style"},
        WrongRequest{"a_count_of_old", R"({"project_name": "a", "categories": 5})", "box_categories"},
        WrongRequest{"too_many_masks", R"({"project_name": "a", "segmentation_detections": 101})",
                     "segmentation_detections"},
        WrongRequest{"a_model_without_anything", R"({"project_name": "a", "models": [{}]})", "models[0]"},
        WrongRequest{"a_model_as_number", R"({"project_name": "a", "models": ["1.0", 2]})", "models[1]"},
        WrongRequest{"a_version_with_a_zero", R"({"project_name": "a", "models": ["1.00"]})", "models[0].version"},
        WrongRequest{"a_version_with_a_sign", R"({"project_name": "a", "models": ["-1.0"]})", "models[0].version"},
        WrongRequest{"a_version_of_three", R"({"project_name": "a", "models": ["1.0.0"]})", "models[0].version"},
        WrongRequest{"a_version_twice", R"({"project_name": "a", "models": ["1.0", "1.0"]})", "models[1].version"},
        WrongRequest{"an_id_that_is_none", R"({"project_name": "a", "models": [{"id": "x"}]})", "models[0].id"},
        WrongRequest{"a_format_as_path", R"({"project_name": "a", "models": [{"formats": ["../a"]}]})",
                     "models[0].formats[0]"},
        WrongRequest{"a_format_twice", R"({"project_name": "a", "models": [{"formats": ["a", "a"]}]})",
                     "models[0].formats[1]"},
        WrongRequest{"an_unknown_target", R"({"project_name": "a", "models": ["1.0"], "deployment_target": "1.1"})",
                     "deployment_target"},
        WrongRequest{"a_target_without_models", R"({"project_name": "a", "deployment_target": "1.0"})",
                     "deployment_target"},
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
