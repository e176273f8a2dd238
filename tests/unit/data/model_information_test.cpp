#include "learning_loop/data/model_information.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

Result<ModelInformation> read_model(std::string_view text)
{
    return from_json<ModelInformation>(parse_json(text, "model.json").value(), JsonPath("model.json"));
}

constexpr auto* model_text =
    R"({"id":"0f6c1b5e-0000-4000-8000-000000000001","host":"learning-loop.ai","organization":"zauberzeug",)"
    R"("project":"demo","version":"1.3",)"
    R"("categories":[{"id":"a","name":"weed","description":"not wanted","hotkey":"w","color":"#FF00FF",)"
    R"("point_size":20,"type":"box"},)"
    R"({"id":"b","name":"crop","description":null,"hotkey":null,"color":null,"point_size":null,"type":null}],)"
    R"("resolution":640,"model_root_path":"/data/models/1.3","model_size":"small","conf_threshold":0.35})";

TEST(ModelInformation, has_a_golden_form)
{
    EXPECT_EQ(to_text(to_json(read_model(model_text).value())), model_text);
}

TEST(ModelInformation, writes_what_is_absent)
{
    ModelInformation model;
    model.id = "i";
    EXPECT_EQ(to_text(to_json(model)),
              R"({"id":"i","host":null,"organization":"","project":"","version":"","categories":[],"resolution":null,)"
              R"("model_root_path":null,"model_size":null,"conf_threshold":null})");
}

TEST(ModelInformation, keeps_the_order_of_its_categories)
{
    auto const model =
        read_model(R"({"id":"i","organization":"o","project":"p","version":"1","format":"onnx","resolution":640.0,
                               "categories":[{"id":"2","name":"z"},{"id":"1","name":"a","type":"something new"}]})");
    EXPECT_EQ(model.value().categories.at(0).name, "z");
    EXPECT_EQ(model->categories.at(1).type, "something new");
    EXPECT_EQ(model->resolution, 640);
}

TEST(ModelInformation, names_the_path_of_what_is_wrong)
{
    EXPECT_EQ(read_model(R"({"id":"i","organization":"o","project":"p"})").error().message,
              "model.json.version: is missing");
    EXPECT_EQ(read_model(R"({"id":"i","organization":"o","project":"p","version":1.3})").error().message,
              "model.json.version: expected a text");
    EXPECT_EQ(read_model(R"({"id":"i","organization":"o","project":"p","version":"1","categories":[{"id":"a"}]})")
                  .error()
                  .message,
              "model.json.categories[0].name: is missing");
}

} // namespace
} // namespace learning_loop
