#include "learning_loop/detector/page/recent_frames.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

constexpr RecentFrames::Time noon{std::chrono::hours(12)};

BoxDetection a_box(std::string category)
{
    return {std::move(category), 1, 2, 3, 4, "1.3", 0.5, std::nullopt};
}

/// How many of these frames get a turn, which come one after the other from noon on.
int turns(RecentFrames& frames, int count, std::chrono::milliseconds apart)
{
    int taken = 0;
    for (int i = 0; i < count; ++i) taken += frames.take_turn(noon + i * apart) ? 1 : 0;
    return taken;
}

TEST(RecentFrames, gives_a_turn_to_each_of_the_first_twelve_though_they_come_at_once)
{
    RecentFrames frames;
    EXPECT_EQ(turns(frames, 12, 0ms), 12);
    EXPECT_FALSE(frames.take_turn(noon));
}

TEST(RecentFrames, gives_two_turns_a_second_to_a_stream_of_two_hundred)
{
    RecentFrames frames;
    EXPECT_NEAR(turns(frames, 200 * 60 + 1, 5ms), 12 + 2 * 60, 1);
}

TEST(RecentFrames, gives_a_turn_to_each_frame_of_a_slow_stream)
{
    RecentFrames frames;
    EXPECT_EQ(turns(frames, 1000, 500ms), 1000);
}

TEST(RecentFrames, saves_no_more_than_twelve_turns_however_long_it_is_idle)
{
    RecentFrames frames;
    frames.take_turn(noon - 24h);
    EXPECT_EQ(turns(frames, 100, 0ms), 12);
}

TEST(RecentFrames, gains_no_turn_when_the_time_goes_back)
{
    RecentFrames frames;
    EXPECT_EQ(turns(frames, 12, 0ms), 12);
    EXPECT_FALSE(frames.take_turn(noon - 1h));
    EXPECT_FALSE(frames.take_turn(noon));
    EXPECT_TRUE(frames.take_turn(noon + 500ms));
}

TEST(RecentFrames, keeps_the_last_twelve_and_counts_all)
{
    RecentFrames frames;
    for (int i = 1; i <= 30; ++i) {
        RecentFrame frame;
        frame.camera = "camera " + std::to_string(i);
        frames.add(std::move(frame));
    }
    ASSERT_EQ(frames.list().size(), 12u);
    EXPECT_EQ(frames.list().front().number, 19u);
    EXPECT_EQ(frames.list().back().number, 30u);
    ASSERT_NE(frames.find(19), nullptr);
    EXPECT_EQ(frames.find(19)->camera, "camera 19");
    EXPECT_EQ(frames.find(18), nullptr);
    EXPECT_EQ(frames.find(31), nullptr);
}

TEST(RecentFrames, keeps_the_first_five_hundred_of_each_kind_and_tells_how_many_there_were)
{
    RecentFrames frames;
    RecentFrame crowded;
    crowded.found.box_detections.assign(2000, a_box("weed"));
    crowded.found.box_detections[499].category_name = "last";
    crowded.found.point_detections.assign(501, {"stem", 1, 2, "1.3", 0.5, std::nullopt});
    crowded.found.classification_detections = {{"dry", "1.3", 0.9, std::nullopt}};
    frames.add(std::move(crowded));
    auto const& kept = frames.list().front();
    EXPECT_EQ(kept.detections, 2502u);
    ASSERT_EQ(kept.found.box_detections.size(), 500u);
    EXPECT_EQ(kept.found.box_detections.back().category_name, "last");
    EXPECT_EQ(kept.found.point_detections.size(), 500u);
    EXPECT_EQ(kept.found.classification_detections.size(), 1u);
}

TEST(RecentFrames, leaves_out_the_outlines_that_would_be_too_many_points_and_cuts_none)
{
    RecentFrames frames;
    RecentFrame frame;
    auto const outline = [](std::size_t points) {
        return SegmentationDetection{"leaf", {std::vector<Point>(points)}, "1.3", 0.5, std::nullopt};
    };
    frame.found.segmentation_detections = {outline(4000), outline(1'000'000), outline(1000), outline(1)};
    frames.add(std::move(frame));
    auto const& kept = frames.list().front().found.segmentation_detections;
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].shape.points.size(), 4000u);
    EXPECT_EQ(kept[1].shape.points.size(), 1000u);
    EXPECT_EQ(frames.list().front().detections, 4u);
}

TEST(RecentFrames, cuts_long_texts_between_two_characters)
{
    RecentFrames frames;
    RecentFrame frame;
    frame.camera = std::string(1'000'000, 'c');
    frame.source = std::string(199, 's') + "ü";
    frame.causes.assign(1000, std::string(1000, 'x'));
    frame.found.tags.assign(1000, "tag");
    frame.found.box_detections = {a_box(std::string(198, 'w') + "ü")};
    frame.found.box_detections[0].category_id = std::string(1000, 'i');
    frames.add(std::move(frame));
    auto const& kept = frames.list().front();
    EXPECT_EQ(kept.camera.size(), 200u);
    EXPECT_EQ(kept.source, std::string(199, 's'));
    EXPECT_EQ(kept.causes.size(), 20u);
    EXPECT_EQ(kept.causes[0].size(), 200u);
    EXPECT_EQ(kept.found.tags.size(), 20u);
    EXPECT_EQ(kept.found.box_detections[0].category_name, std::string(198, 'w') + "ü");
    EXPECT_EQ(kept.found.box_detections[0].category_id->size(), 200u);
}

TEST(RecentFrames, keeps_no_annotations_which_no_model_makes)
{
    RecentFrames frames;
    RecentFrame frame;
    frame.found.box_annotations.resize(100'000);
    frames.add(std::move(frame));
    EXPECT_TRUE(frames.list().front().found.box_annotations.empty());
}

} // namespace
} // namespace learning_loop
