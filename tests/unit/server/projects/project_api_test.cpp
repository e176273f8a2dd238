#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class ProjectApiTest : public ServerTest {
protected:
    ProjectApiTest()
    {
        EXPECT_EQ(
            post_files(project + "/images", {{key + "1.jpg", jpeg}, {key + "1.json", metadata}, {key + "2.png", png}})
                .status,
            200);
    }

    static constexpr auto metadata = R"({"state": "review", "tags": ["front"], "created": "2024-01-31_12:00:00",
        "box_detections": [{"category_name": "purple box", "x": 1, "y": 2, "width": 3, "height": 4,
                            "model_name": "1.2", "confidence": 0.5}],
        "box_annotations": [{"category_name": "green box", "x": 5, "y": 6, "width": 7, "height": 8}]})";

    std::string const project = empty_project();
};

TEST_F(ProjectApiTest, lists_the_projects)
{
    EXPECT_EQ(text_of(get("/api/projects")),
              R"({"projects":[{"organization_id":"demo","project_id":"field","resource":"/demo/projects/field"}]})");
}

TEST_F(ProjectApiTest, describes_a_project)
{
    auto const answer = json_of(get(project));
    EXPECT_EQ(answer.at("categories").at(0).at("name"), "purple box");
    EXPECT_EQ(answer.at("image_counts").at("review"), 1);
    EXPECT_EQ(answer.at("image_counts").at("trash"), 0);
    EXPECT_EQ(get("/api/demo/projects/moon").status, 404);
}

TEST_F(ProjectApiTest, lists_the_ids_of_a_state)
{
    EXPECT_EQ(json_of(get(project + "/data?state=review")).at("image_ids"), boost::json::array{key + "1"});
    EXPECT_EQ(json_of(get(project + "/data")).at("image_ids").as_array().size(), 2U);
    EXPECT_EQ(json_of(get(project + "/data")).at("categories").as_array().size(), 2U);
    EXPECT_EQ(get(project + "/data?state=lost").status, 422);
    EXPECT_EQ(get("/api/demo/projects/moon/data").status, 404);
}

TEST_F(ProjectApiTest, hands_out_an_image_with_every_field)
{
    auto const image = json_of(get(project + "/images?ids=" + key + "1")).at("images").at(0).as_object();
    auto const resource = "/demo/projects/field/images/" + key + "1";
    EXPECT_EQ(image.at("id"), boost::json::value(key + "1"));
    EXPECT_EQ(image.at("created"), "2024-01-31T12:00:00");
    EXPECT_EQ(image.at("state"), "review");
    EXPECT_EQ(image.at("resource"), boost::json::value(resource + "/main"));
    EXPECT_EQ(image.at("thumbnail"), boost::json::value(resource + "/thumb"));
    EXPECT_EQ(image.at("tags").at(0).at("name"), "front");
    EXPECT_TRUE(image.at("set") == "train" || image.at("set") == "test");
    EXPECT_TRUE(image.at("classification_annotation").is_null());
    EXPECT_TRUE(image.at("source").is_null());
    for (auto const* list : {"point_annotations", "segmentation_annotations", "point_detections",
                             "segmentation_detections", "classification_detections"}) {
        EXPECT_EQ(image.at(list), boost::json::array()) << list;
    }
}

TEST_F(ProjectApiTest, hands_out_boxes_with_their_category_and_model)
{
    auto const image = json_of(get(project + "/images?ids=" + key + "1")).at("images").at(0).as_object();
    auto const categories = json_of(get(project)).at("categories").as_array();
    auto detection = image.at("box_detections").at(0).as_object();
    EXPECT_TRUE(detection.erase("id"));
    boost::json::object const expected{{"image_id", key + "1"},
                                       {"category_id", categories[0].at("id")},
                                       {"category_name", "purple box"},
                                       {"x", 1},
                                       {"y", 2},
                                       {"width", 3},
                                       {"height", 4},
                                       {"confidence", 0.5},
                                       {"model_name", "1.2"}};
    EXPECT_EQ(detection, expected);
    EXPECT_EQ(image.at("box_annotations").at(0).at("category_id"), categories[1].at("id"));
    EXPECT_EQ(image.at("box_annotations").at(0).at("height"), 8);
}

TEST_F(ProjectApiTest, leaves_unknown_ids_out_and_refuses_what_is_no_id)
{
    EXPECT_EQ(json_of(get(project + "/images?ids=" + key + "2," + key + "9")).at("images").as_array().size(), 1U);
    EXPECT_EQ(text_of(get(project + "/images?ids=")), R"({"images":[]})");
    EXPECT_EQ(get(project + "/images?ids=1,2").status, 422);
    auto const missing = get(project + "/images");
    EXPECT_EQ(missing.status, 422);
    EXPECT_EQ(json_of(missing).at("detail").at(0).at("loc").at(1), "ids");
}

TEST_F(ProjectApiTest, refuses_more_than_400_ids)
{
    std::string ids = key + "1";
    for (int i = 1; i < 400; ++i) ids += "," + key + "1";
    EXPECT_EQ(get(project + "/images?ids=" + ids).status, 200);
    EXPECT_EQ(get(project + "/images?ids=" + ids + "," + key + "1").status, 422);
}

TEST_F(ProjectApiTest, hands_out_the_bytes_as_they_came_with_their_true_type)
{
    auto const first = get(project + "/images/" + key + "1/main");
    auto const second = get(project + "/images/" + key + "2/main");
    EXPECT_EQ(first.content_type, "image/jpeg");
    EXPECT_EQ(file_of(first), jpeg);
    EXPECT_EQ(second.content_type, "image/png");
    EXPECT_EQ(file_of(second), png);
    EXPECT_EQ(get(project + "/images/" + key + "9/main").status, 404);
    EXPECT_EQ(get(project + "/images/../main").status, 400);
}

TEST_F(ProjectApiTest, tags_the_bytes_with_their_hash_since_they_never_change)
{
    auto const tag_of = [&](std::string const& image) {
        return std::get<http::FileBody>(get(project + "/images/" + image + "/main").body).etag;
    };
    EXPECT_EQ(tag_of(key + "1").size(), 34u); // quoted
    EXPECT_EQ(tag_of(key + "1"), tag_of(key + "1"));
    EXPECT_NE(tag_of(key + "1"), tag_of(key + "2"));
}

} // namespace
} // namespace learning_loop
