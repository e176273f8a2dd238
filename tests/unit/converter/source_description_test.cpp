#include "learning_loop/converter/source_description.h"

#include "learning_loop/json/json.h"
#include "support/source_models.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct SourceDescriptionTest : testing::Test {
    test::TempFolder folder;

    Result<SourceDescription> described(std::string const& text)
    {
        test::put(folder / "model.json", text);
        return read_source_description(folder.path(), test::a_model());
    }
    ModelInformation model_of(std::string const& text) { return described(text).value().model; }
    std::string converted(std::string const& text, std::optional<std::string> const& own = std::nullopt)
    {
        auto const made = description_of_converted(described(text).value(), own, "format_b");
        return to_text(parse_json(made.value(), "made").value());
    }
};

TEST_F(SourceDescriptionTest, tells_the_classes_in_their_order_and_what_the_loop_knows)
{
    auto const model = model_of(R"({"id":"other","version":"9.9","host":"h","resolution":640,"conf_threshold":0.4,)"
                                R"("model_size":"s","categories":[{"id":"2","name":"z"},{"id":"1","name":"a"}]})");
    EXPECT_EQ(model.id + " " + model.version + " " + model.organization + "/" + model.project,
              test::model_id(1) + " 1.0 zauberzeug/demo");
    EXPECT_EQ(model.categories.at(0).name + model.categories.at(1).name, "za");
    EXPECT_EQ(model.resolution, 640);
    EXPECT_EQ(model.conf_threshold, 0.4);
    EXPECT_EQ(model.model_size.value_or("") + model.host.value_or(""), "sh");
    EXPECT_EQ(model.model_root_path, folder.path().string());
}

TEST_F(SourceDescriptionTest, takes_a_base_model_without_model_json_or_categories)
{
    auto const bare = read_source_description(folder.path(), test::a_model());
    EXPECT_EQ(bare.value().model.version, "1.0");
    EXPECT_TRUE(bare->json.empty());
    for (auto const* text : {"{}", R"({"categories":null})", R"({"categories":[]})"})
        EXPECT_TRUE(model_of(text).categories.empty()) << text;
}

TEST_F(SourceDescriptionTest, takes_a_resolution_that_is_a_text_and_passes_it_on_as_a_number)
{
    for (auto const* text : {"640", "\"640\"", "\" 640 \"", "640.0", "\"640.0\""}) {
        auto const json = std::string(R"({"resolution":)") + text + "}";
        EXPECT_EQ(model_of(json).resolution, 640) << text;
        EXPECT_EQ(converted(json), R"({"resolution":640,"format":"format_b"})") << text;
    }
}

TEST_F(SourceDescriptionTest, takes_what_is_odd_for_absent_and_passes_it_on_as_it_is)
{
    for (auto const* text : {"\"640x480\"", "0", "-1", "1e300", "640.5", "\"\"", "[640]", "true", "\"nan\"", "null"}) {
        auto const json = std::string(R"({"resolution":)") + text + "}";
        EXPECT_EQ(model_of(json).resolution, std::nullopt) << text;
    }
    EXPECT_EQ(model_of(R"({"conf_threshold":"high","model_size":7,"host":[]})").conf_threshold, std::nullopt);
    EXPECT_EQ(converted(R"({"model_size":7})"), R"({"model_size":7,"format":"format_b"})");
}

TEST_F(SourceDescriptionTest, refuses_categories_whose_order_cannot_be_told_and_names_them)
{
    auto const message = [&](std::string const& text) { return described(text).error().message; };
    EXPECT_EQ(message(R"({"categories":[{"id":"1","name":"a"},{"id":"2"}]})"),
              "model.json.categories[1].name: is missing");
    EXPECT_EQ(message("[]"), "model.json: expected an object");
    EXPECT_TRUE(message("{").starts_with("model.json: is not valid JSON")) << message("{");
}

TEST_F(SourceDescriptionTest, reads_what_python_and_windows_write)
{
    EXPECT_EQ(model_of("\xEF\xBB\xBF{\"resolution\":640,\"loss\":NaN}").resolution, 640);
}

TEST_F(SourceDescriptionTest, of_what_was_made_has_all_keys_of_the_source_and_the_other_format)
{
    EXPECT_EQ(converted(R"({"format":"format_a","categories":[{"id":"2","name":"z"}],"mine":{"a":[1,0.5]}})"),
              R"({"format":"format_b","categories":[{"id":"2","name":"z"}],"mine":{"a":[1,0.5]}})");
    EXPECT_EQ(converted("{}"), R"({"format":"format_b"})");
}

TEST_F(SourceDescriptionTest, of_a_converter_that_writes_its_own_is_completed_from_the_source)
{
    auto const* source = R"({"categories":[{"id":"2","name":"z"}],"resolution":"640","conf_threshold":0.4,"mine":1})";
    EXPECT_EQ(converted(source, R"({"precision":"fp16"})"),
              R"({"precision":"fp16","categories":[{"id":"2","name":"z"}],"resolution":640,"conf_threshold":0.4,)"
              R"("format":"format_b"})");
    EXPECT_EQ(converted(source, R"({"resolution":320,"categories":[],"conf_threshold":0.1,"format":"x"})"),
              R"({"resolution":320,"categories":[],"conf_threshold":0.1,"format":"format_b"})");
    auto const broken = description_of_converted(described(source).value(), "{", "format_b");
    EXPECT_EQ(broken.error().code, Errc::invalid_argument);
}

} // namespace
} // namespace learning_loop
