#include "learning_loop/node/training_answers.h"

#include "learning_loop/base/log.h"

#include "support/captured_stderr.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using Ids = std::vector<std::string>;

std::string id_number(int number)
{
    return "0f6c1b5e-0000-4000-8000-" + std::string(12 - std::to_string(number).size(), '0') + std::to_string(number);
}

TEST(ImageIds, keep_the_order_of_the_loop_and_come_once)
{
    auto const text = R"({"image_ids":[")" + id_number(2) + R"(",")" + id_number(1) + R"(",")" + id_number(2) +
                      R"("],"categories":[],"novelty":NaN})";
    EXPECT_EQ(read_image_ids(text).value(), (Ids{id_number(2), id_number(1)}));
}

TEST(ImageIds, that_could_lead_to_other_files_are_left_out_with_one_warning)
{
    test::CapturedStderr const captured;
    start_log();
    auto const text = R"({"image_ids":["../../etc/passwd","a/b","",".",7,null,{},")" + id_number(1) + R"("]})";
    EXPECT_EQ(read_image_ids(text).value(), Ids{id_number(1)});
    auto const said = captured.text();
    EXPECT_NE(said.find("left out count=7 first=../../etc/passwd"), std::string::npos) << said;
    EXPECT_EQ(said.find("left out"), said.rfind("left out"));
}

TEST(ImageIds, are_an_error_where_the_answer_is_malformed)
{
    std::vector<std::pair<std::string, std::string>> const table{
        {"[]", "the document: expected an object"},
        {"{}", "image_ids: is missing"},
        {R"({"image_ids":null})", "image_ids: is missing"},
        {R"({"image_ids":{}})", "image_ids: expected a list"},
        {"<html>", "images of the project: is not valid JSON"}};
    for (auto const& [text, message] : table) {
        auto const refused = read_image_ids(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, Errc::invalid_argument);
        EXPECT_EQ(refused.error().message.rfind(message, 0), 0u) << refused.error().message;
    }
}

TEST(TrainingImages, are_read_as_the_closed_loop_tells_of_them)
{
    auto const text = R"({"images":[{"id":")" + id_number(1) +
                      R"(","created":"2021-07-09T14:21:50.834050","state":"complete","set":"train","resource":"/x",)"
                      R"("width":1600,"height":1200,"box_annotations":[{"id":"a","image_id":"b","category_id":"c",)"
                      R"("x":1160,"y":762,"width":80.0,"height":69}],"box_detections":[],)"
                      R"("segmentation_annotations":[{"id":"e","shape":{"points":[{"x":1160,"y":762}]},)"
                      R"("category_id":"f"}],"skeleton_annotations":[{"id":"g"}],"tags":[]}]})";
    auto const images = read_training_images(text, {id_number(1)});
    ASSERT_EQ(images.value().size(), 1u);
    auto const& image = images->front();
    EXPECT_EQ(image.set, ImageSet::train);
    EXPECT_EQ(image.width, 1600);
    ASSERT_EQ(image.box_annotations.size(), 1u);
    EXPECT_EQ(image.box_annotations[0].category_id, "c");
    EXPECT_EQ(image.box_annotations[0].height, 69);
    EXPECT_TRUE(image.point_annotations.empty());
    ASSERT_EQ(image.segmentation_annotations.size(), 1u);
    EXPECT_EQ(image.segmentation_annotations[0].shape.points[0].y, 762);
    EXPECT_FALSE(image.classification_annotation);
}

std::string row_of(int number, std::string const& more = "")
{
    return R"({"id":")" + id_number(number) + R"(","set":"test","width":2,"height":3)" + more + "}";
}

TEST(TrainingImages, come_in_the_order_asked_for_once_and_without_those_that_nobody_asked_for)
{
    auto const text = R"({"images":[)" + row_of(3) + "," + row_of(9) + "," + row_of(1) + "," + row_of(3) +
                      R"(,{"id":"../../x","set":"train","width":1,"height":1}]})";
    auto const images = read_training_images(text, {id_number(1), id_number(2), id_number(3)});
    ASSERT_EQ(images.value().size(), 2u);
    EXPECT_EQ(images->at(0).id, id_number(1));
    EXPECT_EQ(images->at(1).id, id_number(3));
}

TEST(TrainingImages, lose_the_annotations_whose_category_nobody_knows)
{
    auto const marks = R"(,"box_annotations":[{"category_id":null,"x":0,"y":0,"width":1,"height":1},)"
                       R"({"category_id":"a","x":7,"y":0,"width":1,"height":1},{"x":0,"y":0,"width":1,"height":1}],)"
                       R"("point_annotations":[{"category_id":"","x":0,"y":0}],"segmentation_annotations":null,)"
                       R"("classification_annotation":{"category_id":null})";
    auto const images = read_training_images(R"({"images":[)" + row_of(1, marks) + "]}", {id_number(1)});
    ASSERT_EQ(images.value().size(), 1u);
    ASSERT_EQ(images->front().box_annotations.size(), 1u);
    EXPECT_EQ(images->front().box_annotations[0].x, 7);
    EXPECT_TRUE(images->front().point_annotations.empty());
    EXPECT_FALSE(images->front().classification_annotation);
}

TEST(TrainingImages, are_an_error_with_its_path_where_a_row_is_malformed)
{
    std::vector<std::pair<std::string, std::string>> const table{
        {R"({"images":[{}]})", "images[0].id: expected an image's id"},
        {R"({"images":[7]})", "images[0].id: expected an image's id"},
        {R"({"images":[)" + row_of(1, R"(,"box_annotations":[{"category_id":"a","x":"b"}])") + "]}",
         "images[0].box_annotations[0].x: expected a number"},
        {R"({"images":[)" + row_of(1, R"(,"box_annotations":[7])") + "]}",
         "images[0].box_annotations[0]: expected an object"},
        {R"({"images":[{"id":")" + id_number(1) + R"(","set":"best","width":1,"height":1}]})",
         "images[0].set: 'best' is unknown"},
        {R"({"images":[{"id":")" + id_number(1) + R"(","set":"test","width":1}]})", "images[0].height: is missing"},
        {"{}", "images: is missing"},
        {"nonsense", "images: is not valid JSON"}};
    for (auto const& [text, message] : table) {
        auto const refused = read_training_images(text, {id_number(1)});
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, Errc::invalid_argument);
        EXPECT_EQ(refused.error().message.rfind(message, 0), 0u) << refused.error().message;
    }
}

} // namespace
} // namespace learning_loop
