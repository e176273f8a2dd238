#include "learning_loop/server/generator/generated_images.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/infer/image_codec.h"

#include <gtest/gtest.h>

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
