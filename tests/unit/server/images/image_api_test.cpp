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

TEST_F(ImageApiTest, a_deleted_image_comes_back_under_a_new_key_alone)
{
    ASSERT_EQ(post_files(path, {{key + "1.jpg", jpeg}}).status, 200);
    auto const deleted = ask("DELETE", path + "?ids=" + key + "1");
    EXPECT_EQ(text_of(deleted), R"({"image_count":1})");
    auto const again = post_files(path, {{key + "1.jpg", jpeg}});
    EXPECT_EQ(again.status, 200); // its sender must not try for ever
    EXPECT_EQ(count(), 0U);
    EXPECT_EQ(get(path + "/" + key + "1/main").status, 404);
    EXPECT_EQ(post_files(path, {{key + "2.jpg", jpeg}}).status, 200);
    EXPECT_EQ(count(), 1U);
    EXPECT_EQ(ask("DELETE", path + "?ids=" + key + "2," + key + "9").status, 404);
    EXPECT_EQ(count(), 1U);
}

TEST_F(ImageApiTest, state_set_and_tags_of_many_images_change_at_once)
{
    ASSERT_EQ(post_files(path, {{key + "1.jpg", jpeg}, {key + "2.jpg", gray}}).status, 200);
    auto const body = R"({"image_ids": [")" + key + R"(1", ")" + key +
                      R"(2"], "state": "complete", "set": "val", "add_tags": ["wet"]})";
    EXPECT_EQ(text_of(ask("PATCH", path, body)), R"({"image_count":2})");
    auto const images = json_of(get(path + "?ids=" + key + "1," + key + "2")).at("images").as_array();
    for (auto const& image : images) {
        EXPECT_EQ(image.at("state"), "complete");
        EXPECT_EQ(image.at("set"), "val");
        EXPECT_EQ(image.at("pixels"), "sound"); // they were looked at before a training may get them
        EXPECT_EQ(image.at("tags").at(0).at("name"), "wet");
    }
}

TEST_F(ImageApiTest, a_change_that_says_not_what_or_of_which_images_is_refused_by_its_field)
{
    ASSERT_EQ(post_files(path, {{key + "1.jpg", jpeg}}).status, 200);
    auto const ids = R"("image_ids": [")" + key + R"(1"])";
    std::vector<std::pair<std::string, std::string>> const wrong{
        {R"({"image_ids": ["1"], "state": "inbox"})", "image_ids"},
        {R"({"image_ids": [], "state": "inbox"})", "image_ids"},
        {R"({"state": "inbox"})", "image_ids"},
        {R"({"ids": [")" + key + R"(1"], "state": "inbox"})", "ids: is unknown: use image_ids, state"},
        {"{" + ids + R"(, "sate": "complete"})", "sate: is unknown"},
        {"{" + ids + R"(, "state": "gone"})", "state"},
        {"{" + ids + R"(, "add_tags": [""]})", "add_tags"},
        {"{" + ids + "}", "state, set, add_tags and remove_tags"},
        {"{" + ids + R"(, "add_tags": ["q", "r"], "remove_tags": ["s", "q"]})", "'q' stands in add_tags, too"}};
    for (auto const& [body, words] : wrong) {
        auto const answer = ask("PATCH", path, body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_NE(text_of(answer).find(words), std::string::npos) << text_of(answer);
    }
    auto const item = json_of(ask("PATCH", path, "{" + ids + R"(, "sate": "complete"})")).at("detail").at(0);
    EXPECT_EQ(item.at("type"), "extra_forbidden");
    EXPECT_EQ(item.at("loc"), (boost::json::array{"body", "sate"}));
    EXPECT_EQ(json_of(get(path + "?ids=" + key + "1")).at("images").at(0).at("state"), "inbox");
}

TEST_F(ImageApiTest, an_image_whose_pixels_are_damaged_is_kept_told_and_given_to_no_training)
{
    auto const damaged = jpeg.substr(0, jpeg.find("\xFF\xDA") + 30) + "\xFF\xD9"; // most of its scan is missing
    ASSERT_EQ(post_files(path, {{key + "1.jpg", damaged}, {key + "2.jpg", jpeg}}).status, 200);
    EXPECT_EQ(get(path + "/" + key + "1/thumb").status, 404);
    EXPECT_EQ(json_of(get(path + "?ids=" + key + "1")).at("images").at(0).at("pixels"), "broken");
    EXPECT_EQ(count(), 1U);
    EXPECT_EQ(json_of(get(project)).at("broken_image_count"), 1);
    EXPECT_EQ(file_of(get(path + "/" + key + "1/main")), damaged); // as it came
}

TEST_F(ImageApiTest, what_was_set_aside_is_told_with_the_image)
{
    auto const metadata =
        R"({"box_detections": [{"category_name": "purple box", "x": 1, "y": 1, "width": 0, "height": 4,
                              "model_name": "1.2", "confidence": 0.5}], "created": "yesterday"})";
    ASSERT_EQ(post_files(path, {{key + "1.jpg", jpeg}, {key + "1.json", metadata}}).status, 200);
    auto const image = json_of(get(path + "?ids=" + key + "1")).at("images").at(0);
    EXPECT_EQ(image.at("box_detections"), boost::json::array());
    ASSERT_EQ(image.at("remarks").as_array().size(), 2u);
    EXPECT_EQ(image.at("remarks").at(0).at("field"), "created");
    EXPECT_EQ(image.at("remarks").at(0).at("value"), "yesterday");
    EXPECT_EQ(image.at("remarks").at(1).at("reason"), "its width is 0");
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
    EXPECT_EQ(get(project + "/images?ids=" + key + "2&ids=1").status, 422) << "none of them is left out";
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

TEST_F(ImageReadingTest, a_file_that_is_lost_or_cut_is_told_and_never_served)
{
    auto const path = project + "/images/" + key + "1/main";
    auto const file = std::get<http::FileBody>(get(path).body).file;
    test::put(file, jpeg.substr(0, 100));
    auto const cut = get(path);
    EXPECT_EQ(cut.status, 404);
    EXPECT_NE(text_of(cut).find("send the image again"), std::string::npos);
    EXPECT_EQ(get(project + "/images/" + key + "1/thumb").status, 404);
    std::filesystem::remove(file);
    EXPECT_EQ(get(path).status, 404);
    ASSERT_EQ(post_files(project + "/images", {{key + "1.jpg", jpeg}, {key + "1.json", metadata}}).status, 200);
    EXPECT_EQ(file_of(get(path)), jpeg);
}

TEST_F(ImageReadingTest, a_thumbnail_is_a_small_jpeg_that_is_made_once)
{
    auto const thumbnail = get(project + "/images/" + key + "2/thumb");
    EXPECT_EQ(thumbnail.status, 200);
    EXPECT_EQ(thumbnail.content_type, "image/jpeg");
    auto const file = std::get<http::FileBody>(thumbnail.body).file;
    auto const made = std::filesystem::last_write_time(file);
    EXPECT_TRUE(file_of(thumbnail).starts_with("\xFF\xD8"));
    EXPECT_EQ(get(project + "/images/" + key + "2/thumb").status, 200);
    EXPECT_EQ(std::filesystem::last_write_time(file), made);
    test::put(file, "what a power cut left");
    EXPECT_TRUE(file_of(get(project + "/images/" + key + "2/thumb")).starts_with("\xFF\xD8"));
    EXPECT_EQ(get(project + "/images/" + key + "9/thumb").status, 404);
}

TEST_F(ImageReadingTest, detections_can_be_asked_for_of_one_model)
{
    auto const count = [&](std::string const& model) {
        auto const answer = get(project + "/images?ids=" + key + "1&model_version=" + model);
        return json_of(answer).at("images").at(0).at("box_detections").as_array().size();
    };
    EXPECT_EQ(count("1.2"), 1u);
    EXPECT_EQ(count("9.9"), 0u);
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
