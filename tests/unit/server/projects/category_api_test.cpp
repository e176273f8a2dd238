#include "learning_loop/archive/zip.h"

#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

struct CategoryApiTest : ServerTest {
    std::string const project = empty_project(); ///< With "purple box" and "green box".
    std::string const path = project + "/categories";

    boost::json::array all() { return json_of(get(path)).at("categories").as_array(); }
    std::string id(std::size_t place) { return std::string(all().at(place).at("id").as_string()); }
    http::Response change(std::size_t place, std::string const& body)
    {
        return ask("PUT", path + "/" + id(place), body);
    }
    void upload_annotated()
    {
        auto const metadata =
            R"({"box_annotations": [{"category_name": "purple box", "x": 1, "y": 2, "width": 3, "height": 4}],
                "box_detections": [{"category_name": "purple box", "x": 1, "y": 2, "width": 3, "height": 4,
                                    "model_name": "1.0", "confidence": 0.5}]})";
        ASSERT_EQ(post_files(project + "/images", {{"a.json", metadata}, {"a.jpg", jpeg}}).status, 200);
    }
    boost::json::value only_image()
    {
        auto const ids = json_of(get(project + "/data")).at("image_ids").as_array();
        return json_of(get(project + "/images?ids=" + std::string(ids.at(0).as_string()))).at("images").at(0);
    }
};

TEST_F(CategoryApiTest, adds_one_behind_the_others_with_a_colour_of_the_palette)
{
    auto const added = ask("POST", path, R"({"name": "weed"})");
    ASSERT_EQ(added.status, 200) << text_of(added);
    ASSERT_EQ(all().size(), 3U);
    EXPECT_EQ(all()[2], json_of(added));
    EXPECT_EQ(json_of(added).at("type"), "box");
    EXPECT_EQ(json_of(added).at("color"), "#0000FF");
    EXPECT_EQ(ask("POST", path, R"({"name": "weed"})").status, 409);
    EXPECT_EQ(ask("POST", path, R"({"name": "weed", "type": "point", "color": "#123abc"})").status, 200);
}

TEST_F(CategoryApiTest, a_renamed_one_keeps_id_type_and_place_and_so_do_its_marks)
{
    upload_annotated();
    auto const before = all();
    auto const answer = change(0, R"({"name": "sugar beet", "color": "#010203"})");
    ASSERT_EQ(answer.status, 200) << text_of(answer);
    EXPECT_EQ(all()[0].at("name"), "sugar beet");
    EXPECT_EQ(all()[0].at("id"), before[0].at("id"));
    EXPECT_EQ(all()[0].at("point_size"), before[0].at("point_size"));
    EXPECT_EQ(all()[1], before[1]);
    auto const image = only_image();
    for (auto const* const kind : {"box_annotations", "box_detections"}) {
        EXPECT_EQ(image.at(kind).at(0).at("category_name"), "sugar beet");
        EXPECT_EQ(image.at(kind).at(0).at("category_id"), before[0].at("id"));
    }
}

TEST_F(CategoryApiTest, no_change_of_a_category_touches_the_models_that_were_made_with_it)
{
    ASSERT_EQ(generate(R"({"project_name": "modelled", "box_categories": 2, "trainings": 1})").status, 200);
    auto const modelled = std::string("/api/demo/projects/modelled");
    auto const model = json_of(get(modelled + "/models")).at("models").at(0);
    auto const zip = [&] {
        return file_of(get(modelled + "/models/" + std::string(model.at("id").as_string()) + "/mocked/file"));
    };
    auto const before = zip();
    auto const first = json_of(get(modelled + "/categories")).at("categories").at(0);
    auto const one = modelled + "/categories/" + std::string(first.at("id").as_string());
    ASSERT_EQ(ask("PUT", one, R"({"name": "sugar beet"})").status, 200);
    ASSERT_EQ(ask("POST", modelled + "/categories", R"({"name": "weed"})").status, 200);
    EXPECT_EQ(zip(), before);
    ASSERT_EQ(ask("DELETE", one).status, 200);
    EXPECT_EQ(zip(), before);
    auto const files = *read_zip(before);
    auto const description = parse_json(files.at(2).bytes, "model.json").value();
    EXPECT_EQ(description.at("categories").at(0), first);
}

TEST_F(CategoryApiTest, removes_one_only_while_no_annotation_uses_it)
{
    upload_annotated();
    auto const used = path + "/" + id(0), unused = path + "/" + id(1);
    auto const refused = ask("DELETE", used);
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(text_of(refused).find("1 annotation is"), std::string::npos) << text_of(refused);
    EXPECT_EQ(ask("DELETE", unused).status, 200);
    EXPECT_EQ(ask("DELETE", unused).status, 404);
    EXPECT_EQ(all().size(), 1U);
}

TEST_F(CategoryApiTest, of_another_project_is_none)
{
    auto const green = id(1);
    ASSERT_EQ(generate(R"({"project_name": "other"})").status, 200);
    EXPECT_EQ(ask("PUT", "/api/demo/projects/other/categories/" + green, "{}").status, 404);
    EXPECT_EQ(ask("DELETE", "/api/demo/projects/other/categories/" + green).status, 404);
    EXPECT_EQ(ask("PUT", path + "/' OR 1=1 --", "{}").status, 404);
}

TEST_F(CategoryApiTest, one_name_in_two_spellings_of_unicode_is_one_name)
{
    auto const added = ask("POST", path, R"({"name": "Ku\u0308he"})");
    ASSERT_EQ(added.status, 200) << text_of(added);
    EXPECT_EQ(json_of(added).at("name"), "K\u00fche");
    EXPECT_EQ(ask("POST", path, R"({"name": "K\u00fche"})").status, 409);
    EXPECT_EQ(change(0, R"({"name": "Ku\u0308he"})").status, 409);
    ASSERT_EQ(post_files(project + "/images", {{"a.jpg", jpeg}}).status, 200);
    auto const image = only_image();
    auto const marks =
        R"({"box_annotations": [{"category_name": "Ku\u0308he", "x": 1, "y": 2, "width": 3, "height": 4}]})";
    auto const place = project + "/images/" + std::string(image.at("id").as_string()) + "/annotations";
    ASSERT_EQ(ask("PUT", place, marks).status, 200);
    EXPECT_EQ(only_image().at("box_annotations").at(0).at("category_id"), json_of(added).at("id"));
}

TEST_F(CategoryApiTest, refuses_what_is_wrong_and_names_it)
{
    auto const before = all();
    for (auto const& [body, field] :
         std::vector<std::pair<std::string, std::string>>{{R"({})", "name"},
                                                          {R"({"name": ""})", "name"},
                                                          {R"({"name": " a"})", "name"},
                                                          {R"({"name": "a\nb"})", "name"},
                                                          {R"({"name": "a", "type": "blob"})", "type"},
                                                          {R"({"name": "a", "color": "red"})", "color"},
                                                          {R"({"name": "a", "id": "1"})", "id: is unknown"},
                                                          {R"({"nam": "a"})", "nam: is unknown"},
                                                          {R"({"name": "a", "point_size": 0})", "point_size"},
                                                          {R"({"name": "a", "point_size": 1.5})", "point_size"}}) {
        auto const answer = ask("POST", path, body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_NE(text_of(answer).find(field), std::string::npos) << text_of(answer);
    }
    EXPECT_EQ(change(0, R"({"type": "point"})").status, 422);
    EXPECT_EQ(change(0, R"({"nam": "x"})").status, 422);
    EXPECT_EQ(change(0, R"({"name": "green box"})").status, 409);
    EXPECT_EQ(change(0, R"({"type": "box"})").status, 200);
    EXPECT_EQ(all(), before);
}

} // namespace
} // namespace learning_loop
