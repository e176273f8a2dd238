#include "learning_loop/detector/relevance_filter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace learning_loop {
namespace {

using std::chrono::seconds;
using Causes = std::vector<std::string>;

BoxDetection box(int x, double confidence, std::string category = "weed")
{
    return {std::move(category), x, 0, 100, 100, "1", confidence, std::nullopt};
}

PointDetection point(double x, double confidence, std::string category = "weed")
{
    return {std::move(category), x, 0, "1", confidence, std::nullopt};
}

struct RelevanceFilterTest : testing::Test {
    RelevanceFilter filter{0.3, 0.6};
    RelevanceFilter::Time now{};

    Causes boxes(std::vector<BoxDetection> list, std::string const& camera = "front")
    {
        ImageMetadata metadata;
        metadata.box_detections = std::move(list);
        return filter.causes(camera, metadata, now);
    }
    Causes points(std::vector<PointDetection> list)
    {
        ImageMetadata metadata;
        metadata.point_detections = std::move(list);
        return filter.causes("front", metadata, now);
    }
    Causes classified(double confidence)
    {
        ImageMetadata metadata;
        metadata.classification_detections = {{"field", "1", confidence, std::nullopt}};
        return filter.causes("front", metadata, now);
    }
};

Causes const none;
Causes const uncertain{"uncertain"};

TEST_F(RelevanceFilterTest, finds_nothing_in_an_image_without_detections)
{
    EXPECT_EQ(boxes({}), none);
}

TEST_F(RelevanceFilterTest, takes_the_band_with_both_its_ends)
{
    EXPECT_EQ(boxes({box(0, 0.29)}), none);
    EXPECT_EQ(boxes({box(200, 0.3)}), uncertain);
    EXPECT_EQ(boxes({box(400, 0.6)}), uncertain);
    EXPECT_EQ(boxes({box(600, 0.61)}), none);
}

TEST_F(RelevanceFilterTest, has_seen_a_box_that_overlaps_by_half)
{
    ASSERT_EQ(boxes({box(0, 0.5)}), uncertain);
    EXPECT_EQ(boxes({box(33, 0.5)}), none);      // 67 of 133
    EXPECT_EQ(boxes({box(34, 0.5)}), uncertain); // 66 of 134
}

TEST_F(RelevanceFilterTest, has_seen_a_point_nearer_than_ten_pixels)
{
    ASSERT_EQ(points({point(0, 0.5)}), uncertain);
    EXPECT_EQ(points({point(9.9, 0.5)}), none);
    EXPECT_EQ(points({point(10, 0.5)}), uncertain);
}

TEST_F(RelevanceFilterTest, tells_categories_and_kinds_apart)
{
    ASSERT_EQ(boxes({box(0, 0.5)}), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5, "crop")}), uncertain);
    EXPECT_EQ(points({point(0, 0.5)}), uncertain);
    EXPECT_EQ(points({point(0, 0.5, "crop")}), uncertain);
}

TEST_F(RelevanceFilterTest, remembers_what_it_is_certain_of)
{
    ASSERT_EQ(boxes({box(0, 0.9)}), none);
    EXPECT_EQ(boxes({box(0, 0.5)}), none);
}

TEST_F(RelevanceFilterTest, compares_with_the_same_image_too)
{
    EXPECT_EQ(boxes({box(0, 0.9), box(0, 0.5)}), none);
    EXPECT_EQ(boxes({box(300, 0.5), box(300, 0.9)}), uncertain);
}

TEST_F(RelevanceFilterTest, forgets_after_an_hour)
{
    ASSERT_EQ(boxes({box(0, 0.5)}), uncertain);
    now += seconds(3600);
    EXPECT_EQ(boxes({box(0, 0.5)}), none);
    now += seconds(3601);
    EXPECT_EQ(boxes({box(0, 0.5)}), uncertain);
}

TEST_F(RelevanceFilterTest, forgets_the_shared_history_too)
{
    ASSERT_EQ(boxes({box(0, 0.5)}, ""), uncertain);
    ASSERT_EQ(boxes({box(0, 0.5)}, ""), none);
    now += seconds(3601);
    EXPECT_EQ(boxes({box(0, 0.5)}, ""), uncertain);
}

TEST_F(RelevanceFilterTest, counts_the_hour_from_when_it_was_last_seen)
{
    ASSERT_EQ(boxes({box(0, 0.5)}), uncertain);
    for (int half_hour = 0; half_hour < 4; ++half_hour) {
        now += seconds(1800);
        EXPECT_EQ(boxes({box(0, 0.5)}), none) << half_hour;
    }
}

TEST_F(RelevanceFilterTest, renews_all_that_are_similar)
{
    ASSERT_EQ(boxes({box(0, 0.5)}), uncertain);
    ASSERT_EQ(boxes({box(50, 0.5)}), uncertain);
    now += seconds(3000);
    ASSERT_EQ(boxes({box(25, 0.5)}), none); // similar to both
    now += seconds(3000);
    EXPECT_EQ(boxes({box(0, 0.5)}), none);
    EXPECT_EQ(boxes({box(50, 0.5)}), none);
}

TEST_F(RelevanceFilterTest, keeps_cameras_apart)
{
    ASSERT_EQ(boxes({box(0, 0.5)}, "front"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, "rear"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, ""), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, "front"), none);
}

TEST_F(RelevanceFilterTest, takes_every_uncertain_classification)
{
    EXPECT_EQ(classified(0.5), uncertain);
    EXPECT_EQ(classified(0.5), uncertain);
    EXPECT_EQ(classified(0.7), none);
}

TEST_F(RelevanceFilterTest, takes_every_segmentation)
{
    ImageMetadata metadata;
    metadata.segmentation_detections = {{"soil", {}, "1", 0.99, std::nullopt}};
    EXPECT_EQ(filter.causes("front", metadata, now), Causes{"segmentation_detection"});
    EXPECT_EQ(filter.causes("front", metadata, now), Causes{"segmentation_detection"});
}

TEST_F(RelevanceFilterTest, finds_eighty_detections_of_all_kinds_unexpected)
{
    ImageMetadata metadata;
    for (int i = 0; i < 40; ++i) metadata.box_detections.push_back(box(1000 * i, 0.9));
    for (int i = 0; i < 39; ++i) metadata.point_detections.push_back(point(1000 * i, 0.9));
    EXPECT_EQ(filter.causes("front", metadata, now), none);
    metadata.classification_detections = {{"field", "1", 0.9, std::nullopt}};
    EXPECT_EQ(filter.causes("front", metadata, now), Causes{"unexpected_observations_count"});
}

TEST_F(RelevanceFilterTest, names_all_causes)
{
    ImageMetadata metadata;
    metadata.segmentation_detections.resize(80);
    metadata.box_detections = {box(0, 0.5)};
    EXPECT_EQ(filter.causes("front", metadata, now),
              (Causes{"uncertain", "segmentation_detection", "unexpected_observations_count"}));
}

TEST_F(RelevanceFilterTest, takes_an_image_for_news_again_when_told_to_forget)
{
    ASSERT_EQ(boxes({box(0, 0.5)}, "front"), uncertain);
    ASSERT_EQ(boxes({box(0, 0.5)}, "rear"), uncertain);
    filter.forget("front");
    filter.forget("never seen");
    EXPECT_EQ(boxes({box(0, 0.5)}, "front"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, "rear"), none);
}

TEST_F(RelevanceFilterTest, forgets_the_camera_that_was_not_used_for_longest)
{
    for (std::size_t i = 0; i < RelevanceFilter::max_cameras; ++i) boxes({box(0, 0.5)}, std::to_string(i));
    ASSERT_EQ(boxes({box(0, 0.5)}, "0"), none); // used again: camera 1 is the oldest now
    ASSERT_EQ(boxes({box(0, 0.5)}, "one more"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, "0"), none);
    EXPECT_EQ(boxes({box(0, 0.5)}, "1"), uncertain);
}

TEST_F(RelevanceFilterTest, forgets_the_observation_not_seen_for_longest)
{
    for (std::size_t i = 0; i <= RelevanceFilter::max_observations; ++i) {
        ASSERT_EQ(points({point(100.0 * static_cast<double>(i), 0.5)}), uncertain) << i;
        now += std::chrono::milliseconds(1);
    }
    EXPECT_EQ(points({point(100, 0.5)}), none);
    EXPECT_EQ(points({point(0, 0.5)}), uncertain); // one too many came after it
}

TEST_F(RelevanceFilterTest, survives_boxes_without_area)
{
    BoxDetection const empty{"weed", 5, 5, 0, 0, "1", 0.5, std::nullopt};
    EXPECT_EQ(boxes({empty}), uncertain);
    EXPECT_EQ(boxes({empty}), uncertain); // overlaps nothing, not even itself
    EXPECT_EQ(boxes({{"weed", 0, 0, -10, -10, "1", 0.9, std::nullopt}}), none);
}

TEST_F(RelevanceFilterTest, survives_boxes_and_points_beyond_any_image)
{
    constexpr int least = std::numeric_limits<int>::min(), most = std::numeric_limits<int>::max();
    for (int const x : {least, most}) {
        BoxDetection const huge{"weed", x, x, most, most, "1", 0.5, std::nullopt};
        EXPECT_EQ(boxes({huge}), uncertain);
        EXPECT_EQ(boxes({huge}), none);
    }
    for (double const x : {-1e300, 1e300}) {
        EXPECT_EQ(points({point(x, 0.5)}), uncertain);
        EXPECT_EQ(points({point(x, 0.5)}), none);
    }
    EXPECT_EQ(points({point(INFINITY, 0.5), point(NAN, 0.5)}), uncertain);
    EXPECT_EQ(points({point(INFINITY, 0.9), point(NAN, 0.9)}), none);
}

TEST_F(RelevanceFilterTest, takes_another_band_and_knows_what_it_has_seen)
{
    ASSERT_EQ(boxes({box(0, 0.7)}), none);
    filter.set_band(0.7, 0.8);
    EXPECT_EQ(boxes({box(0, 0.7)}), none); // known
    EXPECT_EQ(boxes({box(200, 0.7)}), uncertain);
    EXPECT_EQ(boxes({box(400, 0.5)}), none);
    EXPECT_EQ(classified(0.8), uncertain);
}

TEST_F(RelevanceFilterTest, tells_cameras_apart_whose_names_differ_only_at_their_end)
{
    std::string const long_name(999, 'c');
    ASSERT_EQ(boxes({box(0, 0.5)}, long_name + "1"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, long_name + "2"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, long_name + "1"), none);
}

TEST_F(RelevanceFilterTest, forgets_first_what_the_camera_showed_that_was_not_used_for_longest_when_memory_is_short)
{
    std::string const a(RelevanceFilter::max_bytes / 2 - 1000, 'a'), b(a.size(), 'b');
    ASSERT_EQ(boxes({box(0, 0.5, a)}, "front"), uncertain);
    ASSERT_EQ(boxes({box(0, 0.5, a)}, "rear"), uncertain);
    ASSERT_EQ(boxes({}, "front"), none);                   // used again
    ASSERT_EQ(boxes({box(0, 0.5, b)}, "rear"), uncertain); // too much: the rear used to be unused for longest ...
    EXPECT_EQ(boxes({box(0, 0.5, a)}, "rear"), none);      // ... but the front is now
    EXPECT_EQ(boxes({box(0, 0.5, b)}, "rear"), none);
    EXPECT_EQ(boxes({box(0, 0.5, a)}, "front"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5, b)}, "rear"), none);
    EXPECT_EQ(boxes({box(0, 0.5, a)}, "rear"), uncertain); // made room for the front, being the older one
    EXPECT_LE(filter.bytes(), RelevanceFilter::max_bytes);
}

TEST_F(RelevanceFilterTest, keeps_to_its_memory_when_an_image_replaces_all_that_others_showed)
{
    std::size_t const half = RelevanceFilter::max_bytes / 2 - 1000;
    ASSERT_EQ(boxes({box(0, 0.5)}, "rear"), uncertain);
    boxes({box(0, 0.5, std::string(half, 'a')), box(0, 0.5, std::string(half, 'b')),
           box(0, 0.5, std::string(half, 'c'))});
    EXPECT_LE(filter.bytes(), RelevanceFilter::max_bytes);
    EXPECT_EQ(boxes({box(0, 0.5, std::string(half, 'b'))}), none);
    EXPECT_EQ(boxes({box(0, 0.5, std::string(half, 'c'))}), none);
    EXPECT_EQ(boxes({box(0, 0.5, std::string(half, 'a'))}), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, "rear"), uncertain);
}

TEST_F(RelevanceFilterTest, stands_a_category_whose_name_is_longer_than_its_memory)
{
    std::string const endless(RelevanceFilter::max_bytes, 'c');
    EXPECT_EQ(boxes({box(0, 0.5, endless)}), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}), none);
}

TEST_F(RelevanceFilterTest, forgets_after_an_hour_what_a_camera_in_use_has_shown)
{
    ASSERT_EQ(boxes({box(0, 0.5)}, "front"), uncertain);
    now += seconds(1000);
    ASSERT_EQ(boxes({box(0, 0.5)}, "rear"), uncertain);
    now += seconds(1000);
    ASSERT_EQ(boxes({box(300, 0.5)}, "front"), uncertain);
    now += seconds(1601);
    EXPECT_EQ(boxes({box(300, 0.5)}, "front"), none);
    EXPECT_EQ(boxes({box(0, 0.5)}, "front"), uncertain);
    EXPECT_EQ(boxes({box(0, 0.5)}, "rear"), none);
}

TEST_F(RelevanceFilterTest, takes_no_memory_for_cameras_that_are_unused_for_an_hour)
{
    for (auto const* camera : {"front", "rear", "left"}) boxes({box(0, 0.5)}, camera);
    auto const before = filter.bytes();
    now += seconds(3601);
    boxes({box(0, 0.5)}, "rear");
    EXPECT_EQ(3 * filter.bytes(), before);
    filter.forget("rear");
    EXPECT_EQ(filter.bytes(), 0U);
}

TEST_F(RelevanceFilterTest, forgets_all_cameras_when_it_is_told_to)
{
    for (auto const* camera : {"front", "rear"}) ASSERT_EQ(boxes({box(0, 0.5)}, camera), uncertain);
    filter.forget_all();
    for (auto const* camera : {"front", "rear"}) EXPECT_EQ(boxes({box(0, 0.5)}, camera), uncertain);
    for (auto const* camera : {"front", "rear"}) EXPECT_EQ(boxes({box(0, 0.5)}, camera), none);
}

} // namespace
} // namespace learning_loop
