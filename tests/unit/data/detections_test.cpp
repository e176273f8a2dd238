#include "learning_loop/data/detections.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_filled_up;
using test::expect_golden;
using test::message_of;
using test::read;

TEST(BoxDetection, has_a_golden_form)
{
    expect_golden(
        BoxDetection{"weed", 10, 20, 30, 40, "1.3", 0.45, "0f6c1b5e-0000-4000-8000-000000000001"},
        R"({"category_name":"weed","x":10,"y":20,"width":30,"height":40,"model_name":"1.3","confidence":0.45,)"
        R"("category_id":"0f6c1b5e-0000-4000-8000-000000000001"})");
    expect_golden(BoxDetection{"weed", 0, -1, 0, 0, "", 1, std::nullopt},
                  R"({"category_name":"weed","x":0,"y":-1,"width":0,"height":0,"model_name":"","confidence":1.0,)"
                  R"("category_id":null})");
}

TEST(BoxDetection, is_read_as_robots_send_it)
{
    auto const box = read<BoxDetection>(R"({"category_name": "weed", "x": 1.5, "y": 2.4, "width": 3.0, "height": 4,
        "model_name": "1.3", "confidence": 1, "uuid": "7"})");
    EXPECT_EQ(box.value().x, 2);
    EXPECT_EQ(box->y, 2);
    EXPECT_EQ(box->width, 3);
    EXPECT_EQ(box->category_id, std::nullopt);
}

TEST(PointDetection, has_a_golden_form)
{
    expect_golden(
        PointDetection{"weed", 10.5, 20, "1.3", 0.45, "a"},
        R"({"category_name":"weed","x":10.5,"y":20.0,"model_name":"1.3","confidence":0.45,"category_id":"a"})");
    expect_filled_up<PointDetection>(
        R"({"category_name":"weed","x":10,"y":20,"model_name":"1.3","confidence":0})",
        R"({"category_name":"weed","x":10.0,"y":20.0,"model_name":"1.3","confidence":0.0,"category_id":null})");
}

TEST(SegmentationDetection, has_a_golden_form)
{
    expect_golden(
        SegmentationDetection{"weed", {{{1, 2}, {3.5, 4}}}, "1.3", 0.45, "a"},
        R"({"category_name":"weed","shape":"1,2,3.5,4","model_name":"1.3","confidence":0.45,"category_id":"a"})");
    expect_filled_up<SegmentationDetection>(
        R"({"category_name":"weed","shape":{"points":[{"x":1.5,"y":2}]},"model_name":"1.3","confidence":0.5})",
        R"({"category_name":"weed","shape":"1.5,2","model_name":"1.3","confidence":0.5,"category_id":null})");
}

TEST(SegmentationDetection, names_the_path_of_a_broken_shape)
{
    auto const message_with = [](std::string const& shape) {
        return message_of<SegmentationDetection>(R"({"category_name":"a","shape":)" + shape +
                                                 R"(,"model_name":"1","confidence":1})");
    };
    EXPECT_EQ(message_with(R"({"points":[{"x":1,"y":2},{"x":1,"y":"2"}]})"), "shape.points[1].y: expected a number");
    EXPECT_EQ(message_with(R"("1,2,x")"), "shape: expected numbers as x1,y1,x2,y2");
    EXPECT_EQ(message_with("3"), "shape: expected {\"points\": [...]} or a text of numbers");
}

TEST(ClassificationDetection, has_a_golden_form)
{
    expect_golden(ClassificationDetection{"weed", "1.3", 0.45, "id"},
                  R"({"category_name":"weed","model_name":"1.3","confidence":0.45,"category_id":"id"})");
    expect_filled_up<ClassificationDetection>(
        R"({"category_name":"weed","model_name":"1.3","confidence":45})",
        R"({"category_name":"weed","model_name":"1.3","confidence":0.45,"category_id":null})");
}

TEST(Detections, have_a_golden_form_with_points_written_out)
{
    expect_golden(
        Detections{{{"a", 1, 2, 3, 4, "1.3", 0.5, "i"}},
                   {{"b", 1.5, 2, "1.3", 0.5, {}}},
                   {{"c", {{{1, 2}}}, "1.3", 0.5, {}}, {"d", {}, "1.3", 0.5, {}}},
                   {{"e", "1.3", 0.5, {}}},
                   "image"},
        R"({"box_detections":[{"category_name":"a","x":1,"y":2,"width":3,"height":4,"model_name":"1.3",)"
        R"("confidence":0.5,"category_id":"i"}],)"
        R"("point_detections":[{"category_name":"b","x":1.5,"y":2.0,"model_name":"1.3","confidence":0.5,)"
        R"("category_id":null}],)"
        R"("segmentation_detections":[{"category_name":"c","shape":{"points":[{"x":1.0,"y":2.0}]},"model_name":"1.3",)"
        R"("confidence":0.5,"category_id":null},{"category_name":"d","shape":{"points":[]},"model_name":"1.3",)"
        R"("confidence":0.5,"category_id":null}],)"
        R"("classification_detections":[{"category_name":"e","model_name":"1.3","confidence":0.5,"category_id":null}],)"
        R"("image_id":"image"})");
}

TEST(Detections, are_filled_up)
{
    auto const* const text = R"({"box_detections":[],"point_detections":[],"segmentation_detections":[],)"
                             R"("classification_detections":[],"image_id":null})";
    expect_filled_up<Detections>("{}", text);
    expect_filled_up<Detections>(R"({"box_detections": null, "tags": [], "date": "x", "source": null})", text);
}

TEST(Detections, in_a_list_are_written_alike)
{
    auto const written = to_json(std::vector<Detections>{{{}, {}, {{"c", {{{1, 2}}}, "1", 0.5, {}}}, {}, "i"}});
    EXPECT_TRUE(written.at(0).at("segmentation_detections").at(0).at("shape").is_object());
}

TEST(Detections, name_the_path_of_what_is_wrong)
{
    EXPECT_EQ(message_of<std::vector<Detections>>(
                  R"([{}, {"point_detections": [{"category_name": "a", "x": 1, "y": 2, "model_name": "1"}]}])"),
              "[1].point_detections[0].confidence: is missing");
}

} // namespace
} // namespace learning_loop
