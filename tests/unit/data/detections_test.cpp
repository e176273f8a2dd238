#include "learning_loop/data/detections.h"

#include "learning_loop/base/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

template <class T>
Result<T> read(std::string_view text)
{
    return from_json<T>(parse_json(text, "test").value());
}

/// The text is what the value is written as, and what it is read from.
template <class T>
void expect_golden(T const& value, std::string const& text)
{
    EXPECT_EQ(to_text(to_json(value)), text);
    EXPECT_EQ(to_text(to_json(read<T>(text).value())), text);
}

TEST(Detections, of_boxes_have_a_golden_form)
{
    expect_golden(
        BoxDetection{"weed", 10, 20, 30, 40, "1.3", 0.45, "0f6c1b5e-0000-4000-8000-000000000001"},
        R"({"category_name":"weed","x":10,"y":20,"width":30,"height":40,"model_name":"1.3","confidence":0.45,)"
        R"("category_id":"0f6c1b5e-0000-4000-8000-000000000001"})");
    expect_golden(BoxDetection{"weed", 0, -1, 0, 0, "", 1, std::nullopt},
                  R"({"category_name":"weed","x":0,"y":-1,"width":0,"height":0,"model_name":"","confidence":1.0,)"
                  R"("category_id":null})");
}

TEST(Detections, of_points_have_a_golden_form)
{
    expect_golden(
        PointDetection{"weed", 10.5, 20, "1.3", 0.45, std::nullopt},
        R"({"category_name":"weed","x":10.5,"y":20.0,"model_name":"1.3","confidence":0.45,"category_id":null})");
}

TEST(Detections, of_segmentations_have_a_golden_form)
{
    expect_golden(
        SegmentationDetection{"weed", {{{1, 2}, {3.5, 4}}}, "1.3", 0.45, std::nullopt},
        R"({"category_name":"weed","shape":"1,2,3.5,4","model_name":"1.3","confidence":0.45,"category_id":null})");
}

TEST(Detections, of_classifications_have_a_golden_form)
{
    expect_golden(ClassificationDetection{"weed", "1.3", 0.45, "id"},
                  R"({"category_name":"weed","model_name":"1.3","confidence":0.45,"category_id":"id"})");
}

TEST(Annotations, have_golden_forms)
{
    expect_golden(BoxAnnotation{"weed", 1, 2, 3, 4, "id"},
                  R"({"category_name":"weed","x":1,"y":2,"width":3,"height":4,"category_id":"id"})");
    expect_golden(PointAnnotation{"weed", 1, 2.5, std::nullopt},
                  R"({"category_name":"weed","x":1.0,"y":2.5,"category_id":null})");
    expect_golden(ClassificationAnnotation{"weed", "id"}, R"({"category_name":"weed","category_id":"id"})");
}

TEST(Pixel, is_rounded_from_a_fraction)
{
    EXPECT_EQ(read<Pixel>("3.4").value(), 3);
    EXPECT_EQ(read<Pixel>("3.5").value(), 4);
    EXPECT_EQ(read<Pixel>("-2.6").value(), -3);
}

TEST(Pixel, is_refused_beyond_any_image)
{
    for (auto const* text : {"1e300", "-1e10", "18446744073709551615", "\"3\"", "null", "[3]"})
        EXPECT_FALSE(read<Pixel>(text)) << text;
    EXPECT_EQ(read<Pixel>("1000000000").value(), 1'000'000'000);
}

TEST(Shape, is_read_in_both_forms)
{
    for (auto const* text : {R"({"points": [{"x": 1, "y": 2}, {"x": 3.5, "y": -4e1}]})", R"("1,2,3.5,-40")"}) {
        auto const shape = read<Shape>(text);
        ASSERT_TRUE(shape) << text;
        ASSERT_EQ(shape->points.size(), 2u);
        EXPECT_EQ(shape->points[1].x, 3.5);
        EXPECT_EQ(shape->points[1].y, -40);
    }
    EXPECT_TRUE(read<Shape>("\"\"")->points.empty());
    EXPECT_TRUE(read<Shape>(R"({"points": []})")->points.empty());
}

TEST(Shape, is_refused_when_its_text_is_broken)
{
    for (auto const* text : {R"("1")", R"("1,2,3")", R"("1, 2")", R"("1,,2,3")", R"("a,b")", R"("1;2")", R"("nan,1")",
                             R"("inf,1")", "[1,2]", "3", "{}", R"({"points": 3})", R"({"points": [{"x": 1}]})"}) {
        EXPECT_FALSE(read<Shape>(text)) << text;
    }
}

TEST(Shape, names_the_path_of_a_broken_point)
{
    auto const read_value = read<SegmentationDetection>(
        R"({"category_name": "a", "shape": {"points": [{"x": 1, "y": 2}, {"x": 1, "y": "2"}]},
                                                          "model_name": "1", "confidence": 1})");
    ASSERT_FALSE(read_value);
    EXPECT_EQ(read_value.error().message, "shape.points[1].y: expected a number");
}

} // namespace
} // namespace learning_loop
