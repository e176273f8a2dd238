#include "learning_loop/server/images/mark_check.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace learning_loop {
namespace {

constexpr ImageSize size{640, 480};
constexpr auto infinity = std::numeric_limits<double>::infinity();
std::vector<Category> const categories{{"id-1", "beet", {}, {}, {}, {}, "box"},
                                       {"id-2", "beet", {}, {}, {}, {}, "point"},
                                       {"id-3", "leaf", {}, {}, {}, {}, "segmentation"},
                                       {"id-4", "old", {}, {}, {}, {}, {}}};

/// Why the annotations are refused when a person writes them; empty: they are not.
std::string refusal_of(Annotations annotations)
{
    auto const good = check_annotations(annotations, size, categories);
    return good ? "" : good.error().message;
}

std::string refusal_of(BoxAnnotation const& box)
{
    Annotations annotations;
    annotations.box_annotations = {box};
    return refusal_of(annotations);
}

std::string refusal_of(PointAnnotation const& point)
{
    Annotations annotations;
    annotations.point_annotations = {point};
    return refusal_of(annotations);
}

std::string refusal_of(std::vector<Point> const& outline)
{
    Annotations annotations;
    annotations.segmentation_annotations = {{"leaf", {outline}, {}}};
    return refusal_of(annotations);
}

TEST(MarkCheck, a_box_has_an_extent_and_something_of_it_is_inside_the_image)
{
    EXPECT_EQ(refusal_of(BoxAnnotation{"beet", 1, 2, 3, 4, {}}), "");
    EXPECT_EQ(refusal_of(BoxAnnotation{"beet", -10, -10, 11, 11, {}}), "");
    EXPECT_EQ(refusal_of(BoxAnnotation{"beet", 1, 2, 0, 4, {}}), "box_annotations[0]: its width is 0");
    EXPECT_EQ(refusal_of(BoxAnnotation{"beet", 1, 2, 3, 0, {}}), "box_annotations[0]: its height is 0");
    for (auto const& [x, y] : {std::pair{640, 0}, {0, 480}, {-3, 0}, {0, -4}})
        EXPECT_EQ(refusal_of(BoxAnnotation{"beet", x, y, 3, 4, {}}), "box_annotations[0]: lies outside of the image");
}

TEST(MarkCheck, a_box_drawn_from_right_to_left_is_turned_round)
{
    Annotations annotations;
    annotations.box_annotations = {{"beet", 10, 20, -4, -5, {}}};
    ASSERT_TRUE(check_annotations(annotations, size, categories));
    auto const& box = annotations.box_annotations[0];
    EXPECT_EQ((std::array{int{box.x}, int{box.y}, int{box.width}, int{box.height}}), (std::array{6, 15, 4, 5}));
}

TEST(MarkCheck, a_point_is_a_place_in_the_image)
{
    EXPECT_EQ(refusal_of(PointAnnotation{"beet", 640, 0, {}}), "");
    EXPECT_EQ(refusal_of(PointAnnotation{"beet", 1e308, 0, {}}), "point_annotations[0]: lies outside of the image");
    EXPECT_NE(refusal_of(PointAnnotation{"beet", infinity, 0, {}}), "");
    EXPECT_NE(refusal_of(PointAnnotation{"beet", 0, std::nan(""), {}}), "");
}

TEST(MarkCheck, an_outline_has_three_points_and_an_area)
{
    EXPECT_EQ(refusal_of(std::vector<Point>{{0, 0}, {10, 0}, {0, 10}}), "");
    EXPECT_NE(refusal_of(std::vector<Point>{{0, 0}, {10, 0}}), "");
    EXPECT_NE(refusal_of(std::vector<Point>{{0, 0}, {10, 10}, {20, 20}}), "");
    EXPECT_NE(refusal_of(std::vector<Point>{{700, 0}, {710, 0}, {700, 10}}), "");
    EXPECT_NE(refusal_of(std::vector<Point>{{0, 0}, {infinity, 0}, {0, 10}}), "");
    EXPECT_NE(refusal_of(std::vector<Point>{{0, 0}, {1e308, 0}, {0, 10}}), "");
}

TEST(MarkCheck, what_people_write_has_a_category_of_its_own_type_that_the_project_knows)
{
    EXPECT_EQ(refusal_of(BoxAnnotation{"", 1, 2, 3, 4, "id-1"}), "");
    EXPECT_EQ(refusal_of(BoxAnnotation{"old", 1, 2, 3, 4, {}}), ""); // a category without a type is one of boxes
    EXPECT_EQ(refusal_of(BoxAnnotation{"beet", 1, 2, 3, 4, "id-2"}),
              "box_annotations[0]: its category 'beet' is of the type point");
    EXPECT_NE(refusal_of(BoxAnnotation{"moon", 1, 2, 3, 4, {}}).find("no category 'moon'"), std::string::npos);
    EXPECT_NE(refusal_of(BoxAnnotation{"beet", 1, 2, 3, 4, "id-9"}).find("no category 'id-9'"), std::string::npos);
}

TEST(MarkCheck, of_a_nodes_upload_the_one_mark_is_set_aside_with_a_remark)
{
    ImageMetadata metadata;
    metadata.box_detections = {{"beet", 1, 2, 3, 4, "1", 0.5, {}},
                               {"leaf", 1, 2, 3, 4, "1", 0.5, {}},
                               {"moon", 1, 2, 3, 4, "1", 0.5, {}},
                               {"beet", 1, 2, 0, 4, "1", 0.5, {}}};
    metadata.classification_annotation = {"leaf", {}};
    Remarks remarks;
    set_aside_nonsense(metadata, size, categories, remarks);
    ASSERT_EQ(metadata.box_detections.size(), 2u);
    EXPECT_EQ(metadata.box_detections[1].category_name, "moon"); // of a model that knows more than the project
    ASSERT_EQ(remarks.list().size(), 3u);
    EXPECT_EQ(remarks.list()[0].field, "box_detections[1]");
    EXPECT_EQ(remarks.list()[0].reason, "its category 'leaf' is of the type segmentation");
    EXPECT_EQ(remarks.list()[1].field, "box_detections[3]");
    EXPECT_NE(remarks.list()[1].value.find("\"height\":4"), std::string::npos);
    EXPECT_EQ(remarks.list()[2].field, "classification_annotation");
}

TEST(MarkCheck, whatever_numbers_come_what_is_kept_has_an_extent_in_the_image)
{
    constexpr unsigned seed = 7;
    std::mt19937 random(seed);
    std::array<int, 12> const values{-1'000'000'000, -641, -480, -1, 0, 1, 5, 479, 480, 640, 641, 1'000'000'000};
    auto const any = [&] { return values[random() % values.size()]; };
    ImageMetadata metadata;
    for (int i = 0; i < 2000; ++i) metadata.box_annotations.push_back({"beet", any(), any(), any(), any(), {}});
    Remarks remarks;
    set_aside_nonsense(metadata, size, categories, remarks);
    EXPECT_GT(metadata.box_annotations.size(), 20u) << "seed " << seed;
    for (auto const& box : metadata.box_annotations) {
        EXPECT_GT(box.width, 0);
        EXPECT_GT(box.height, 0);
        EXPECT_LT(box.x, size.width_px);
        EXPECT_GT(std::int64_t{box.x} + box.width, 0);
    }
}

} // namespace
} // namespace learning_loop
