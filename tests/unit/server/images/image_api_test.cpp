#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class ImageApiTest : public ServerTest {
protected:
    std::size_t count() { return json_of(get(project + "/data")).at("image_ids").as_array().size(); }

    std::string const project = empty_project();
    std::string const path = project + "/images";
};

TEST_F(ImageApiTest, answers_with_the_ids_of_what_is_kept)
{
    auto const answer = post_files(path, {{"image_" + key + "1.jpg", jpeg}, {"image_" + key + "2.jpg", gray}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(text_of(answer), R"({"images":[{"id":")" + key + R"(1"},{"id":")" + key + R"(2"}]})");
    EXPECT_EQ(count(), 2U);
}

TEST_F(ImageApiTest, keeps_nothing_of_a_request_with_one_wrong_part)
{
    EXPECT_EQ(post_files(path, {{"a.jpg", jpeg}, {"b.jpg", "no image"}}).status, 422);
    EXPECT_EQ(count(), 0U);
}

TEST_F(ImageApiTest, a_retry_is_a_success_and_adds_nothing)
{
    std::vector<std::pair<std::string, std::string>> const upload{{"a.json", R"({"tags": ["x"]})"}, {"a.jpg", jpeg}};
    auto const first = post_files(path, upload);
    auto const again = post_files(path, upload);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(text_of(again), text_of(first));
    EXPECT_EQ(count(), 1U);
}

TEST_F(ImageApiTest, the_same_key_twice_in_a_request_counts_once)
{
    auto const answer = post_files(path, {{key + "1.jpg", jpeg}, {"image_" + key + "1.jpg", jpeg}});
    EXPECT_EQ(json_of(answer).at("images").as_array().size(), 1U);
    EXPECT_EQ(count(), 1U);
}

TEST_F(ImageApiTest, a_key_with_another_body_is_a_conflict_that_names_the_part)
{
    ASSERT_EQ(post_files(path, {{"image_" + key + "1.jpg", jpeg}}).status, 200);
    auto const image = post_files(path, {{"image_" + key + "1.jpg", gray}});
    EXPECT_EQ(image.status, 409);
    EXPECT_EQ(text_of(image), "{\"detail\":\"image_" + key + "1.jpg: the id " + key +
                                  "1 is taken by an image or metadata that differ: send it under another UUID\"}");
    auto const metadata =
        post_files(path, {{"image_" + key + "1.jpg", jpeg}, {"image_" + key + "1.json", R"({"tags": ["x"]})"}});
    EXPECT_EQ(metadata.status, 409);
    EXPECT_EQ(count(), 1U);
}

TEST_F(ImageApiTest, an_image_enters_in_the_state_that_it_asks_for)
{
    ASSERT_EQ(post_files(path, {{"a.jpg", jpeg}, {"a.json", R"({"state": "complete"})"}, {"b.jpg", gray}}).status, 200);
    EXPECT_EQ(json_of(get(project + "/data?state=complete")).at("image_ids").as_array().size(), 1U);
    EXPECT_EQ(json_of(get(project + "/data?state=inbox")).at("image_ids").as_array().size(), 1U);
}

TEST_F(ImageApiTest, an_unknown_project_is_404_with_the_remedy)
{
    auto const answer = post_files("/api/demo/projects/moon/images", {{"a.jpg", jpeg}});
    EXPECT_EQ(answer.status, 404);
    EXPECT_NE(text_of(answer).find("generator"), std::string::npos);
}

/// A project with two images.
class ImageReadingTest : public ServerTest {
protected:
    ImageReadingTest()
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

TEST_F(ImageReadingTest, hands_out_an_image_with_every_field)
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

TEST_F(ImageReadingTest, hands_out_boxes_with_their_category_and_model)
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

TEST_F(ImageReadingTest, leaves_unknown_ids_out_and_refuses_what_is_no_id)
{
    EXPECT_EQ(json_of(get(project + "/images?ids=" + key + "2," + key + "9")).at("images").as_array().size(), 1U);
    EXPECT_EQ(text_of(get(project + "/images?ids=")), R"({"images":[]})");
    EXPECT_EQ(get(project + "/images?ids=1,2").status, 422);
    auto const missing = get(project + "/images");
    EXPECT_EQ(missing.status, 422);
    EXPECT_EQ(json_of(missing).at("detail").at(0).at("loc").at(1), "ids");
}

TEST_F(ImageReadingTest, refuses_more_than_400_ids)
{
    std::string ids = key + "1";
    for (int i = 1; i < 400; ++i) ids += "," + key + "1";
    EXPECT_EQ(get(project + "/images?ids=" + ids).status, 200);
    EXPECT_EQ(get(project + "/images?ids=" + ids + "," + key + "1").status, 422);
}

TEST_F(ImageReadingTest, hands_out_the_bytes_as_they_came_with_their_true_type)
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

TEST_F(ImageReadingTest, tags_the_bytes_with_their_hash_since_they_never_change)
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
