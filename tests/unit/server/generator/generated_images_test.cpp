#include "learning_loop/server/generator/generated_images.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/scene/field_scene.h"
#include "learning_loop/server/generator/seed.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <set>

namespace learning_loop {
namespace {

GeneratorRequest request_with(boost::json::object keys)
{
    keys["project_name"] = "field";
    keys["image_style"] = "plain";
    return *generator_request_from(keys);
}

/// How many of `complete` images are test images; rendering only them would not tell the rule.
std::vector<ImageSet> sets_of(int complete)
{
    GeneratedImages const images(request_with({{"complete", complete}}));
    std::vector<ImageSet> sets;
    for (std::size_t i = 0; i < images.count(); ++i) sets.push_back(*images.render(i).image.set);
    return sets;
}

constexpr auto train = ImageSet::train;
constexpr auto test = ImageSet::test;

TEST(GeneratedImages, the_same_request_gives_the_same_images)
{
    auto const keys = boost::json::object{{"complete", 2}, {"box_categories", 2}, {"box_detections", 3}};
    auto const first = GeneratedImages(request_with(keys)).render(1);
    auto const second = GeneratedImages(request_with(keys)).render(1);
    EXPECT_EQ(first.jpeg, second.jpeg);
    EXPECT_EQ(first.image.id, second.image.id);
    EXPECT_EQ(first.image.metadata_hash, second.image.metadata_hash);
}

TEST(GeneratedImages, another_seed_or_number_gives_another_image)
{
    auto const a = GeneratedImages(request_with({{"complete", 2}, {"seed", 1}})).render(0);
    auto const b = GeneratedImages(request_with({{"complete", 2}, {"seed", 2}})).render(0);
    auto const c = GeneratedImages(request_with({{"complete", 2}, {"seed", 1}})).render(1);
    EXPECT_NE(a.jpeg, b.jpeg);
    EXPECT_NE(a.jpeg, c.jpeg);
    EXPECT_EQ((std::set{a.image.id, b.image.id, c.image.id}).size(), 3U);
    EXPECT_TRUE(is_uuid(a.image.id));
}

TEST(GeneratedImages, complete_and_review_have_exact_boxes_and_the_others_none)
{
    GeneratedImages const images(request_with({{"complete", 1}, {"review", 1}, {"inbox", 1}, {"box_categories", 1}}));
    EXPECT_FALSE(images.render(0).image.metadata.box_annotations.empty());
    EXPECT_FALSE(images.render(1).image.metadata.box_annotations.empty());
    EXPECT_TRUE(images.render(2).image.metadata.box_annotations.empty());
    EXPECT_EQ(images.render(0).image.metadata.state, ImageState::complete);
    EXPECT_EQ(images.render(2).image.metadata.state, ImageState::inbox);
}

TEST(GeneratedImages, without_box_categories_there_are_no_boxes)
{
    GeneratedImages const images(request_with({{"complete", 1}, {"point_categories", 1}}));
    auto const metadata = images.render(0).image.metadata;
    EXPECT_TRUE(metadata.box_annotations.empty());
    EXPECT_FALSE(metadata.point_annotations.empty());
}

TEST(GeneratedImages, have_as_many_detections_and_tags_as_asked_for_all_inside_the_image)
{
    GeneratedImages const images(
        request_with({{"inbox", 1}, {"box_categories", 2}, {"box_detections", 50}, {"tags", 3}}));
    auto const image = images.render(0).image;
    EXPECT_EQ(image.metadata.tags.size(), 3U);
    ASSERT_EQ(image.metadata.box_detections.size(), 50U);
    for (auto const& box : image.metadata.box_detections) {
        EXPECT_TRUE(box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0);
        EXPECT_TRUE(box.x + box.width <= image.width_px && box.y + box.height <= image.height_px);
        EXPECT_TRUE(box.confidence > 0 && box.confidence < 1);
    }
}

/// The scene behind the image of that number, rendered as it is documented: the seed follows from name, seed and
/// number.
FieldScene scene_of(GeneratorRequest const& request, int number, int crops)
{
    auto const text = request.project_name + "/" + std::to_string(*request.seed) + "/scene/" + std::to_string(number);
    FieldStyle style;
    style.crops = crops;
    style.plain = true;
    return render_field(seed_from(text), style);
}

TEST(GeneratedImages, have_one_mask_for_each_plant_that_fills_exactly_its_box_and_pixels)
{
    auto const request =
        request_with({{"complete", 4}, {"review", 2}, {"box_categories", 2}, {"segmentation_categories", 2}});
    GeneratedImages const images(request);
    for (int number = 0; number < 6; ++number) {
        auto const scene = scene_of(request, number, 2);
        auto const masks = images.render(static_cast<std::size_t>(number)).image.segmentation_annotations;
        ASSERT_EQ(masks.size(), scene.plants.size());
        for (std::size_t i = 0; i < masks.size(); ++i) {
            std::vector<cv::Point> outline;
            for (auto const& at : masks[i].shape.points)
                outline.emplace_back(static_cast<int>(at.x), static_cast<int>(at.y));
            cv::Mat mask = cv::Mat::zeros(scene.bgr.size(), CV_8U);
            cv::fillPoly(mask, std::vector{outline}, cv::Scalar::all(255));
            EXPECT_EQ(cv::boundingRect(mask), scene.plants[i].box) << number;
            EXPECT_NEAR(cv::countNonZero(mask), scene.plants[i].area_px, scene.plants[i].area_px / 50) << number;
            EXPECT_EQ(masks[i].category_name, scene.plants[i].crop == 0 ? "purple segmentation" : "green segmentation");
        }
    }
}

TEST(GeneratedImages, are_classified_by_the_kind_that_covers_most_of_them)
{
    GeneratedImages const images(request_with({{"complete", 20}, {"classification_categories", 4}}));
    std::vector<std::string> const names{"purple", "green", "blue", "yellow"};
    std::set<std::string> seen;
    for (int number = 0; number < 20; ++number) {
        std::vector<int> area_px(4);
        auto const scene = scene_of(request_with({}), number, 4);
        for (auto const& plant : scene.plants) area_px.at(static_cast<std::size_t>(plant.crop)) += plant.area_px;
        auto const most = std::max_element(area_px.begin(), area_px.end());
        auto const name = images.render(static_cast<std::size_t>(number)).image.metadata.classification_annotation;
        auto const expected = names.at(static_cast<std::size_t>(most - area_px.begin())) + " classification";
        EXPECT_EQ(name ? name->category_name : "none", *most > 0 ? expected : "none") << number;
        if (name) seen.insert(name->category_name);
    }
    EXPECT_GT(seen.size(), 1U);
}

TEST(GeneratedImages, in_other_states_have_as_many_annotations_as_somebody_who_began_might_have_made)
{
    boost::json::object keys{{"complete", 1},
                             {"annotate", 1},
                             {"trash", 1},
                             {"seed", 4},
                             {"box_categories", 1},
                             {"point_categories", 1},
                             {"segmentation_categories", 1},
                             {"classification_categories", 1}};
    auto const none = GeneratedImages(request_with(keys)).render(1).image;
    EXPECT_TRUE(none.metadata.box_annotations.empty() && none.metadata.point_annotations.empty());
    EXPECT_TRUE(none.segmentation_annotations.empty() && !none.metadata.classification_annotation);
    keys["box_annotations"] = 2;
    keys["point_annotations"] = 1;
    keys["segmentation_annotations"] = 1;
    keys["classification_annotations"] = 1;
    for (std::size_t const number : {1U, 2U}) {
        auto const some = GeneratedImages(request_with(keys)).render(number).image;
        EXPECT_EQ(some.metadata.box_annotations.size(), 2U);
        EXPECT_EQ(some.metadata.point_annotations.size(), 1U);
        EXPECT_EQ(some.segmentation_annotations.size(), 1U);
        EXPECT_TRUE(some.metadata.classification_annotation);
    }
    EXPECT_GT(GeneratedImages(request_with(keys)).render(0).image.metadata.box_annotations.size(), 2U);
}

TEST(GeneratedImages, have_detections_of_each_type_all_inside_the_image_and_of_known_categories)
{
    auto const keys = boost::json::object{{"inbox", 1},
                                          {"box_categories", 2},
                                          {"point_categories", 2},
                                          {"segmentation_categories", 1},
                                          {"classification_categories", 3},
                                          {"point_detections", 30},
                                          {"segmentation_detections", 30},
                                          {"classification_detections", 4}};
    auto const image = GeneratedImages(request_with(keys)).render(0).image;
    auto const is_inside = [&](double x, double y) {
        return x >= 0 && y >= 0 && x < image.width_px && y < image.height_px;
    };
    auto const& metadata = image.metadata;
    ASSERT_EQ(metadata.point_detections.size(), 30U);
    for (auto const& point : metadata.point_detections) EXPECT_TRUE(is_inside(point.x, point.y));
    ASSERT_EQ(metadata.segmentation_detections.size(), 30U);
    for (auto const& found : metadata.segmentation_detections) {
        EXPECT_EQ(found.category_name, "purple segmentation");
        EXPECT_GE(found.shape.points.size(), 3U);
        for (auto const& at : found.shape.points) EXPECT_TRUE(is_inside(at.x, at.y));
    }
    ASSERT_EQ(metadata.classification_detections.size(), 4U);
    for (auto const& found : metadata.classification_detections) EXPECT_EQ(found.model_name, "1.0");
}

TEST(GeneratedImages, marks_of_one_type_leave_pixels_and_the_others_as_they_are)
{
    boost::json::object keys{{"complete", 1}, {"box_categories", 2}, {"box_detections", 3}};
    auto const boxes = GeneratedImages(request_with(keys)).render(0);
    keys["segmentation_categories"] = 2;
    keys["segmentation_detections"] = 2;
    keys["point_detections"] = 2;
    auto const all = GeneratedImages(request_with(keys)).render(0);
    EXPECT_EQ(boxes.jpeg, all.jpeg);
    EXPECT_EQ(to_json(boxes.image.metadata.box_detections), to_json(all.image.metadata.box_detections));
    EXPECT_EQ(to_json(boxes.image.metadata.box_annotations), to_json(all.image.metadata.box_annotations));
}

TEST(GeneratedImages, the_jpeg_has_the_size_that_is_told)
{
    auto const made = GeneratedImages(request_with({{"inbox", 1}})).render(0);
    auto const header = *check_image(made.jpeg);
    EXPECT_EQ(header.width_px, made.image.width_px);
    EXPECT_EQ(header.height_px, made.image.height_px);
}

TEST(GeneratedImages, a_fifth_of_the_complete_images_but_at_least_one_is_for_tests)
{
    EXPECT_EQ(sets_of(1), (std::vector{train}));
    EXPECT_EQ(sets_of(3), (std::vector{train, train, test}));
    EXPECT_EQ(sets_of(4), (std::vector{train, train, train, test}));
    EXPECT_EQ(sets_of(10), (std::vector{train, train, train, train, test, train, train, train, train, test}));
}

} // namespace
} // namespace learning_loop
