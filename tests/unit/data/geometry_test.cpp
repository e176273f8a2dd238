#include "learning_loop/data/geometry.h"

#include "learning_loop/json/schema.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_golden;
using test::message_of;
using test::read;

TEST(Pixel, is_rounded_from_a_fraction)
{
    EXPECT_EQ(read<Pixel>("3.4").value(), 3);
    EXPECT_EQ(read<Pixel>("3.5").value(), 4);
    EXPECT_EQ(read<Pixel>("-2.6").value(), -3);
    expect_golden(Pixel(7), "7");
}

TEST(Pixel, is_refused_beyond_any_image)
{
    for (auto const* text : {"1e300", "1e400", "-1e10", "18446744073709551615", "\"3\"", "null", "[3]", "true"})
        EXPECT_FALSE(read<Pixel>(text)) << text;
    EXPECT_EQ(read<Pixel>("1000000000").value(), 1'000'000'000);
}

TEST(Polygon, has_a_golden_form)
{
    expect_golden(Polygon{{{1, 2}, {3.5, -4}}}, R"({"points":[{"x":1.0,"y":2.0},{"x":3.5,"y":-4.0}]})");
    expect_golden(Polygon{}, R"({"points":[]})");
}

TEST(Shape, is_written_flat_without_blanks)
{
    expect_golden(Shape{{{1, 2}, {3.5, -4}}}, R"("1,2,3.5,-4")");
    expect_golden(Shape{}, R"("")");
}

TEST(Shape, is_written_as_points_where_asked_for)
{
    EXPECT_EQ(to_text(polygon_of({{{1, 2}, {3.5, 4}}})), R"({"points":[{"x":1.0,"y":2.0},{"x":3.5,"y":4.0}]})");
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
    EXPECT_TRUE(read<Shape>(R"({"points": null})")->points.empty());
}

TEST(Shape, is_refused_when_its_text_is_broken)
{
    for (auto const* text : {R"("1")",
                             R"("1,2,3")",
                             R"("1,2,")",
                             R"("1,2,3,")",
                             R"(",1,2")",
                             R"(",")",
                             R"("1, 2")",
                             R"("1,,2,3")",
                             R"("a,b")",
                             R"("1;2")",
                             R"("nan,1")",
                             R"("inf,1")",
                             R"("1e400,1")",
                             "[1,2]",
                             "3",
                             "{}",
                             "null",
                             R"({"points": 3})",
                             R"({"points": [{"x": 1}]})",
                             R"({"points": [[1, 2]]})"}) {
        EXPECT_FALSE(read<Shape>(text)) << text;
    }
}

TEST(Shape, names_the_path_of_a_broken_point)
{
    EXPECT_EQ(message_of<Shape>(R"({"points": [{"x": 1, "y": 2}, {"x": 1, "y": "2"}]})"),
              "points[1].y: expected a number");
}

TEST(Shape, is_described_in_both_forms)
{
    EXPECT_EQ(to_text(schema_of<Shape>()),
              R"({"anyOf":[{"type":"string","description":"x1,y1,x2,y2"},{"type":"object","properties":{"points":)"
              R"({"type":"array","items":{"type":"object","properties":{"x":{"type":"number"},"y":{"type":"number"}},)"
              R"("required":["x","y"]}}},"required":["points"]}]})");
}

} // namespace
} // namespace learning_loop
