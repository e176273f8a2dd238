#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class AnnotationApiTest : public ServerTest {
protected:
    AnnotationApiTest() { EXPECT_EQ(post_files(project + "/images", {{key + "1.jpg", jpeg}}).status, 200); }

    http::Response put(std::string const& body, http::Headers headers = {})
    {
        return ask("PUT", path, body, std::move(headers));
    }
    static std::string etag_of(http::Response const& response)
    {
        return std::string(response.headers.find("ETag").value_or(""));
    }
    boost::json::value image() { return json_of(get(project + "/images?ids=" + key + "1")).at("images").at(0); }

    static constexpr auto box =
        R"({"box_annotations": [{"category_name": "purple box", "x": 1, "y": 2, "width": 3, "height": 4}]})";

    std::string const project = empty_project();
    std::string const path = project + "/images/" + key + "1/annotations";
};

TEST_F(AnnotationApiTest, annotations_are_replaced_as_a_whole_with_who_and_when)
{
    EXPECT_EQ(etag_of(get(path)), "\"0\"");
    auto const written = put(box);
    EXPECT_EQ(written.status, 200);
    EXPECT_EQ(etag_of(written), "\"1\"");
    EXPECT_EQ(json_of(written).at("annotated_by"), "admin");
    EXPECT_EQ(image().at("box_annotations").at(0).at("width"), 3);
    EXPECT_EQ(image().at("annotated"), json_of(written).at("annotated"));
    EXPECT_EQ(put("{}").status, 200);
    EXPECT_EQ(image().at("box_annotations"), boost::json::array());
}

TEST_F(AnnotationApiTest, who_has_not_seen_the_last_change_is_refused)
{
    ASSERT_EQ(put(box).status, 200);
    auto const late = put("{}", {{"If-Match", "\"0\""}});
    EXPECT_EQ(late.status, 412);
    EXPECT_NE(text_of(late).find("revision 1"), std::string::npos);
    EXPECT_EQ(image().at("box_annotations").as_array().size(), 1u);
    EXPECT_EQ(put("{}", {{"If-Match", "\"1\""}}).status, 200);
    EXPECT_EQ(put(box, {{"If-Match", "*"}}).status, 200);
}

TEST_F(AnnotationApiTest, a_mark_that_makes_no_sense_is_refused_by_its_field)
{
    auto const refused = put(R"({"box_annotations": [
        {"category_name": "purple box", "x": 1, "y": 2, "width": 3, "height": 4},
        {"category_name": "purple box", "x": 1, "y": 2, "width": 3, "height": 0}]})");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(json_of(refused).at("detail"), "box_annotations[1]: its height is 0");
    EXPECT_EQ(put(R"({"point_annotations": [{"category_name": "purple box", "x": 1, "y": 2}]})").status, 422);
    EXPECT_EQ(put(R"({"box_annotations": {}})").status, 422);
    EXPECT_EQ(etag_of(get(path)), "\"0\"");
    EXPECT_EQ(ask("PUT", project + "/images/" + key + "9/annotations", "{}").status, 404);
}

TEST_F(AnnotationApiTest, a_misspelt_key_erases_nothing)
{
    ASSERT_EQ(put(box).status, 200);
    for (auto const* const body : {R"({"boxes": []})", R"({"box_annotation": []})"}) {
        auto const refused = put(body);
        EXPECT_EQ(refused.status, 422) << body;
        EXPECT_EQ(json_of(refused).at("detail").at(0).at("type"), "extra_forbidden");
        EXPECT_NE(text_of(refused).find("box_annotations, point_annotations"), std::string::npos) << text_of(refused);
    }
    EXPECT_EQ(image().at("box_annotations").as_array().size(), 1u);
}

TEST_F(AnnotationApiTest, what_was_read_can_be_written_again)
{
    ASSERT_EQ(put(box).status, 200);
    auto const before = get(path);
    ASSERT_EQ(put(text_of(before)).status, 200);
    auto const marks = json_of(get(path)).at("box_annotations").as_array();
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_EQ(marks[0].at("category_id"), json_of(before).at("box_annotations").at(0).at("category_id"));
}

TEST_F(AnnotationApiTest, a_category_may_be_named_by_its_id_alone)
{
    auto const category = json_of(get(project + "/categories")).at("categories").at(1);
    auto const id = std::string(category.at("id").as_string());
    auto const mark = [](std::string const& of) {
        return R"({"box_annotations": [{)" + of + R"("x": 1, "y": 2, "width": 3, "height": 4}]})";
    };
    auto const written = put(mark(R"("category_id": ")" + id + R"(", )"));
    ASSERT_EQ(written.status, 200) << text_of(written);
    EXPECT_EQ(image().at("box_annotations").at(0).at("category_name"), category.at("name"));
    EXPECT_EQ(put(mark("")).status, 422);
    EXPECT_EQ(put(mark(R"("category_id": "", )")).status, 422);
    EXPECT_EQ(put(mark(R"("category_id": ")" + key + R"(1", )")).status, 422); // of no category
}

class DetectionApiTest : public AnnotationApiTest {
protected:
    http::Response post(std::string const& body, std::string const& ending = "")
    {
        return ask("POST", project + "/detections" + ending, body);
    }
    std::string item(std::string const& id, int width, std::string const& model = "1.2") const
    {
        return R"({"image_id": ")" + id +
               R"(", "tags": [], "source": null, "box_detections": [{"category_name": "purple box",
            "x": 1, "y": 2, "width": )" +
               std::to_string(width) + R"(, "height": 4, "model_name": ")" + model +
               R"(", "confidence": 99.0, "category_id": ""}]})";
    }
};

TEST_F(DetectionApiTest, what_a_trainer_found_takes_the_place_of_what_it_found_before)
{
    EXPECT_EQ(post("[" + item(key + "1", 30) + "]").status, 200);
    EXPECT_EQ(post("[" + item(key + "1", 31) + "]", "/").status, 200);
    ASSERT_EQ(image().at("box_detections").as_array().size(), 1u);
    EXPECT_EQ(image().at("box_detections").at(0).at("width"), 31);
    EXPECT_EQ(image().at("box_detections").at(0).at("confidence"), 0.99);
}

TEST_F(DetectionApiTest, an_image_twice_in_a_batch_gets_both_and_an_unknown_one_stops_nobody)
{
    auto const answer = post("[" + item(key + "1", 30) + "," + item(key + "9", 5) + "," + item(key + "1", 31) + "]");
    EXPECT_EQ(text_of(answer), R"({"image_count":1})");
    EXPECT_EQ(image().at("box_detections").as_array().size(), 2u);
}

TEST_F(DetectionApiTest, detections_that_make_no_sense_are_left_out)
{
    EXPECT_EQ(post("[" + item(key + "1", 0) + "," + item(key + "1", 5) + "]").status, 200);
    EXPECT_EQ(image().at("box_detections").as_array().size(), 1u);
    auto odd = item(key + "1", 5);
    odd.replace(odd.find("99.0"), 4, "1000");
    EXPECT_EQ(post("[" + odd + "," + item(key + "1", 6) + "]").status, 200); // a trainer would send it for ever
    EXPECT_EQ(image().at("box_detections").as_array().size(), 1u);
    EXPECT_EQ(image().at("remarks").at(1).at("field"), "box_detections[0]");
    EXPECT_EQ(post("[{}]").status, 422);
    EXPECT_EQ(post(R"([{"image_id": "1"}])").status, 422);
    EXPECT_EQ(post("{}").status, 422);
}

TEST_F(DetectionApiTest, novelty_scores_are_kept_by_image)
{
    auto const path = project + "/images/novelty_scores";
    EXPECT_EQ(text_of(ask("PUT", path, R"({")" + key + R"(1": 0.5, ")" + key + R"(9": 1})")), R"({"image_count":1})");
    EXPECT_EQ(image().at("novelty"), 0.5);
    EXPECT_EQ(ask("PUT", path, R"({"1": 0.5})").status, 422);
}

} // namespace
} // namespace learning_loop
