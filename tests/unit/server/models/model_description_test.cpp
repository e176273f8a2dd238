#include "learning_loop/server/models/model_description.h"

#include "learning_loop/data/model_information.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <gtest/gtest.h>

#include <random>

namespace learning_loop {
namespace {

ModelFacts const known_facts{
    "http://127.0.0.1:8000", "demo", "field", "the-id", "1.0", "mocked", {{"c", "beet", {}, {}, {}, {}, "box"}}};

boost::json::object object_of_text(std::string const& text)
{
    return parse_json(text, "the test").value().as_object();
}

/// As nodes get it.
boost::json::object corrected(std::string const& text, ModelFacts const& facts = known_facts)
{
    std::vector<std::string> remarks;
    return completed(read_description(text, remarks).value(), facts);
}

std::string refusal_of(std::string const& text)
{
    std::vector<std::string> remarks;
    auto const read = read_description(text, remarks);
    if (read) return "it was taken";
    EXPECT_EQ(read.error().code, Errc::unprocessable) << text;
    return read.error().message;
}

TEST(ModelDescription, what_the_loop_knows_is_set_and_the_rest_is_kept)
{
    auto const json =
        corrected(R"({"categories": [{"id": "b", "name": "B", "own": 1}, {"id": "a", "name": "A"}], "resolution": 320,
                      "version": 9.9, "id": 5, "host": null, "own": [1], "conf_threshold": 0.35})");
    EXPECT_EQ(json.at("version"), "1.0");
    EXPECT_EQ(json.at("id"), "the-id");
    EXPECT_EQ(json.at("host"), "http://127.0.0.1:8000");
    EXPECT_EQ(json.at("organization"), "demo");
    EXPECT_EQ(json.at("project"), "field");
    EXPECT_EQ(json.at("format"), "mocked");
    EXPECT_EQ(json.at("resolution"), 320);
    EXPECT_EQ(json.at("conf_threshold"), 0.35);
    EXPECT_EQ(json.at("own").as_array().size(), 1U);
    EXPECT_EQ(to_text(json.at("categories")), R"([{"id":"b","name":"B","own":1},{"id":"a","name":"A"}])");
}

TEST(ModelDescription, numbers_that_are_texts_or_have_a_fraction_of_zero_are_mended_and_told)
{
    std::vector<std::string> remarks;
    auto const json = read_description(R"({"resolution": "832", "conf_threshold": " 0.35 ", "categories": [
        {"id": "a", "name": "A", "point_size": "20"}, {"id": "b", "name": "B", "point_size": 20.0}]})",
                                       remarks)
                          .value();
    EXPECT_EQ(to_text(json), R"({"resolution":832,"conf_threshold":0.35,"categories":[)"
                             R"({"id":"a","name":"A","point_size":20},{"id":"b","name":"B","point_size":20}]})");
    ASSERT_EQ(remarks.size(), 4U);
    EXPECT_EQ(remarks[0], "model.json: resolution: \"832\" was taken for the number 832");
    EXPECT_EQ(remarks[3], "model.json: categories[1].point_size: 20.0 was taken for the number 20");
}

TEST(ModelDescription, what_needs_no_mending_is_not_remarked_upon)
{
    std::vector<std::string> remarks;
    ASSERT_TRUE(read_description(R"({"resolution": 832, "conf_threshold": 0.5, "categories": null,
                                     "model_size": null, "other": "7"})",
                                 remarks));
    EXPECT_TRUE(remarks.empty());
}

TEST(ModelDescription, a_category_has_one_of_four_types_or_tells_none)
{
    std::vector<std::string> remarks;
    for (auto const* type : {R"("box")", R"("point")", R"("segmentation")", R"("classification")", "null"}) {
        auto const text = R"({"categories": [{"id": "a", "name": "A", "type": )" + std::string(type) + "}]}";
        EXPECT_TRUE(read_description(text, remarks)) << text;
    }
    EXPECT_TRUE(remarks.empty());
}

TEST(ModelDescription, what_a_node_could_not_read_is_refused_with_its_path)
{
    std::vector<std::pair<std::string, std::string>> const wrong{
        {R"({"categories": ["cow"]})", "files: model.json: categories[0]: "},
        {R"({"categories": [{"id": "a", "name": "A", "point_size": 20.5}]})",
         "files: model.json: categories[0].point_size: "},
        {R"({"categories": [{"id": "a", "name": "A", "point_size": "big"}]})", "categories[0].point_size: "},
        {R"({"categories": [{"id": "a", "name": "A"}, {"id": "b"}]})", "categories[1].name: is missing"},
        {R"({"categories": [{"id": 7, "name": "A"}]})", "categories[0].id: "},
        {R"({"categories": [null]})", "categories[0]: "},
        {R"({"categories": {"a": "A"}})", "categories: "},
        {R"({"categories": "cow"})", "categories: "},
        {R"({"categories": [{"id": "a", "name": "A", "type": "boxx"}]})", "categories[0].type: 'boxx' is unknown"},
        {R"({"categories": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]})",
         "categories[1].id: 'a' comes twice"},
        {R"({"resolution": "big"})", "resolution: "},
        {R"({"resolution": "640x480"})", "resolution: "},
        {R"({"resolution": 640.5})", "resolution: "},
        {R"({"resolution": "640.5"})", "resolution: "},
        {R"({"resolution": [640]})", "resolution: "},
        {R"({"resolution": true})", "resolution: "},
        {R"({"resolution": 1e300})", "resolution: "},
        {R"({"resolution": "nan"})", "resolution: "},
        {R"({"resolution": "inf"})", "resolution: "},
        {R"({"resolution": ""})", "resolution: "},
        {R"({"resolution": 0})", "resolution: "},
        {R"({"resolution": "-640"})", "resolution: "},
        {R"({"model_size": 6})", "model_size: "},
        {R"({"conf_threshold": "high"})", "conf_threshold: "},
        {R"([])", "expected an object"},
        {R"(null)", "expected an object"},
        {R"({"resolution": NaN})", "model.json"},
        {R"({)", "model.json"},
        {"", "model.json"},
        {"{\"a\": \"\xFF\"}", "model.json"},
    };
    for (auto const& [text, words] : wrong) {
        auto const refusal = refusal_of(text);
        EXPECT_NE(refusal.find(words), std::string::npos) << text << ": " << refusal;
        EXPECT_TRUE(refusal.starts_with("files: model.json")) << refusal;
    }
}

TEST(ModelDescription, of_a_first_format_has_the_projects_categories_and_null_for_what_nobody_knows)
{
    for (auto const* text : {"{}", R"({"categories": null, "resolution": null})"}) {
        auto const json = corrected(text);
        EXPECT_EQ(json.at("categories").at(0).at("name"), "beet");
        EXPECT_TRUE(json.at("resolution").is_null());
        EXPECT_TRUE(json.at("model_size").is_null());
        EXPECT_FALSE(json.contains("conf_threshold"));
    }
    EXPECT_TRUE(corrected(R"({"categories": []})").at("categories").as_array().empty());
}

TEST(ModelDescription, of_a_next_format_has_what_the_first_told_unless_it_tells_it_itself)
{
    auto facts = known_facts;
    facts.first = object_of_text(R"({"categories": [{"id": "b", "name": "B"}], "resolution": 640, "model_size": "s6",
                                     "conf_threshold": 0.4, "anchors": "of this format"})");
    auto const json = corrected("{}", facts);
    EXPECT_EQ(to_text(json.at("categories")), R"([{"id":"b","name":"B"}])");
    EXPECT_EQ(json.at("resolution"), 640);
    EXPECT_EQ(json.at("model_size"), "s6");
    EXPECT_EQ(json.at("conf_threshold"), 0.4);
    EXPECT_FALSE(json.contains("anchors"));
    auto const own =
        corrected(R"({"resolution": "320", "categories": [{"id": "c", "name": "C"}], "conf_threshold": 0.2})", facts);
    EXPECT_EQ(own.at("conf_threshold"), 0.2);
    EXPECT_EQ(own.at("resolution"), 320);
    EXPECT_EQ(own.at("categories").at(0).at("name"), "C");
    EXPECT_EQ(own.at("model_size"), "s6");
}

TEST(ModelDescription, may_begin_with_a_byte_order_mark)
{
    EXPECT_EQ(corrected("\xEF\xBB\xBF{\"resolution\": 640}").at("resolution"), 640);
}

/// Any value that a trainer may write, or may not.
class AnyDescription {
public:
    explicit AnyDescription(std::uint64_t seed) : random_(seed) {}

    std::string text()
    {
        std::string text = "{";
        for (auto const* key :
             {"id", "host", "categories", "resolution", "model_size", "conf_threshold", "format", "own"}) {
            if (random_() % 4 == 0) continue;
            text += (text.size() > 1 ? ", \"" : "\"") + std::string(key) + "\": ";
            text += std::string_view(key) == "categories" && random_() % 4 != 0 ? categories() : value();
        }
        return text + "}";
    }

private:
    std::string value()
    {
        static std::vector<std::string> const values{"null",     "1",        "640",   "640.0",   "0.5", "\"640\"",
                                                     "\" 20 \"", "\"20.0\"", "\"x\"", "\"\"",    "-1",  "1e300",
                                                     "true",     "[]",       "{}",    "\"1e2\"", "[1]"};
        return values[random_() % values.size()];
    }

    std::string categories()
    {
        std::string list = "[";
        for (auto count = random_() % 4; count > 0; --count) {
            list += list.size() > 1 ? ", " : "";
            list += random_() % 10 == 0
                        ? value()
                        : R"({"id": "a", "name": "A")" +
                              (random_() % 2 == 0 ? ", \"point_size\": " + value() : std::string()) + "}";
        }
        return list + "]";
    }

    std::mt19937_64 random_;
};

TEST(ModelDescription, whatever_comes_is_refused_or_can_be_read_by_nodes)
{
    auto const seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    AnyDescription any(seed);
    int taken = 0;
    for (int round = 0; round < 2000; ++round) {
        auto const text = any.text();
        std::vector<std::string> remarks;
        auto const read = read_description(text, remarks);
        if (!read) {
            EXPECT_GT(read.error().message.size(), std::string("files: model.json: ").size()) << text;
            continue;
        }
        ++taken;
        auto const json = completed(*read, known_facts);
        auto const information = from_json<ModelInformation>(json);
        ASSERT_TRUE(information) << text << ": " << information.error().message;
        auto const* threshold = json.if_contains("conf_threshold");
        EXPECT_TRUE(!threshold || threshold->is_null() || threshold->is_number()) << text;
        auto const& resolution = json.at("resolution");
        EXPECT_TRUE(resolution.is_null() || resolution.is_int64()) << text;
        EXPECT_TRUE(json.at("categories").is_array()) << text;
    }
    EXPECT_GT(taken, 20);
}

} // namespace
} // namespace learning_loop
