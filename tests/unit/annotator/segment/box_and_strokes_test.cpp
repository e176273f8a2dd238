#include "learning_loop/annotator/segment/box_and_strokes.h"

#include "unit/annotator/segment/painted_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace learning_loop {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

UserAction mouse_action(EventType type, int x, int y, bool shift = false)
{
    UserAction action;
    action.event_type = type;
    action.coordinate = {x, y};
    action.is_shift_key_pressed = shift;
    return action;
}

UserAction key_action(std::string name)
{
    UserAction action;
    action.event_type = EventType::key_up;
    action.key_up = std::move(name);
    return action;
}

/// A person over a picture of one green disk.
class BoxAndStrokesTest : public testing::Test {
protected:
    Drawing handle(UserAction const& action)
    {
        auto const answer = tool.handle(action, field.bgr);
        EXPECT_TRUE(answer) << answer.error().message;
        return answer ? *answer : Drawing();
    }

    std::string svg(UserAction const& action) { return handle(action).svg; }

    std::string drag(std::vector<cv::Point> const& places, bool shift = false, bool right = false)
    {
        auto const [down, up] = right ? std::pair(EventType::right_mouse_down, EventType::right_mouse_up)
                                      : std::pair(EventType::left_mouse_down, EventType::left_mouse_up);
        handle(mouse_action(down, places.front().x, places.front().y, shift));
        for (auto const& at : places) handle(mouse_action(EventType::mouse_move, at.x, at.y, shift));
        return svg(mouse_action(up, places.back().x, places.back().y, shift));
    }

    std::string drag_box() { return drag({{140, 90}, {200, 100}, {260, 210}}); }

    /// What Enter sends to the Loop.
    std::vector<cv::Point> finished()
    {
        std::vector<cv::Point> outline;
        auto const answer = handle(key_action("Enter"));
        if (!answer.finished) return outline;
        for (auto const& at : answer.finished->points)
            outline.emplace_back(static_cast<int>(at.x), static_cast<int>(at.y));
        return outline;
    }

    bool covers(cv::Point at) { return filled(finished(), field.bgr.size()).at<std::uint8_t>(at) != 0; }

    PaintedField field = paint_disks({400, 300}, {{200, 150}}, 50);
    BoxAndStrokes tool;
};

TEST_F(BoxAndStrokesTest, outlines_what_is_in_a_dragged_box_and_sends_it_at_enter)
{
    EXPECT_THAT(drag_box(), StartsWith("<g "));
    EXPECT_GT(overlap(finished(), field.object), 0.95);
}

TEST_F(BoxAndStrokesTest, takes_a_box_that_is_dragged_in_any_direction)
{
    drag({{260, 90}, {140, 210}});
    EXPECT_GT(overlap(finished(), field.object), 0.95);
}

TEST_F(BoxAndStrokesTest, shows_the_box_while_it_is_dragged)
{
    handle(mouse_action(EventType::left_mouse_down, 140, 90));
    EXPECT_THAT(svg(mouse_action(EventType::mouse_move, 149, 109)), HasSubstr("m140 90h10v20h-10z"));
    EXPECT_THAT(svg(mouse_action(EventType::mouse_move, 139, 89)), HasSubstr("m139 89h2v2h-2z"));
}

TEST_F(BoxAndStrokesTest, shows_the_outline_with_every_answer)
{
    auto const outline = drag_box();
    ASSERT_THAT(outline, HasSubstr("<path"));
    EXPECT_EQ(svg(mouse_action(EventType::mouse_move, 10, 10)), outline);
    EXPECT_EQ(svg(key_action("a")), outline);
    EXPECT_EQ(svg(key_action("Enter")), outline);
    handle(mouse_action(EventType::left_mouse_down, 180, 150));
    auto const drawing = svg(mouse_action(EventType::mouse_move, 190, 155));
    EXPECT_THAT(drawing, StartsWith(outline));
    EXPECT_THAT(drawing, HasSubstr("m180 150 10 5"));
}

TEST_F(BoxAndStrokesTest, draws_strokes_over_the_object_with_shift_and_others_without_or_with_the_right_button)
{
    drag_box();
    drag({{180, 150}, {220, 150}});
    EXPECT_FALSE(covers({200, 150}));
    drag({{180, 150}, {220, 150}}, true);
    EXPECT_TRUE(covers({200, 150}));
    drag({{180, 150}, {220, 150}}, true, true);
    EXPECT_FALSE(covers({200, 150}));
}

TEST_F(BoxAndStrokesTest, tells_strokes_of_both_kinds_apart_by_their_colours)
{
    drag_box();
    auto const object = svg(mouse_action(EventType::left_mouse_down, 180, 150, true));
    auto const ground = svg(mouse_action(EventType::left_mouse_down, 180, 150));
    EXPECT_NE(object, ground);
    EXPECT_EQ(svg(mouse_action(EventType::right_mouse_down, 180, 150)), ground);
}

TEST_F(BoxAndStrokesTest, counts_merged_moves_to_the_stroke)
{
    drag_box();
    handle(mouse_action(EventType::left_mouse_down, 170, 150));
    auto end = mouse_action(EventType::left_mouse_up, 172, 150);
    end.passed = {{200, 120}, {230, 150}};
    handle(end);
    EXPECT_FALSE(covers({200, 120}));
    EXPECT_FALSE(covers({230, 150}));
    EXPECT_TRUE(covers({200, 180}));
}

TEST_F(BoxAndStrokesTest, takes_a_click_on_the_outline_for_a_dot)
{
    drag_box();
    drag({{200, 150}});
    EXPECT_FALSE(covers({200, 150}));
    EXPECT_TRUE(covers({200, 160}));
}

TEST_F(BoxAndStrokesTest, takes_a_click_for_no_box)
{
    EXPECT_EQ(drag({{200, 150}}), "");
    EXPECT_EQ(drag({{200, 150}, {202, 190}}), "");
    drag_box();
    EXPECT_GT(overlap(finished(), field.object), 0.95);
}

TEST_F(BoxAndStrokesTest, begins_no_box_with_the_right_button)
{
    EXPECT_EQ(drag({{140, 90}, {260, 210}}, false, true), "");
    EXPECT_TRUE(finished().empty());
}

TEST_F(BoxAndStrokesTest, answers_nothing_to_what_comes_before_a_box)
{
    EXPECT_EQ(svg(mouse_action(EventType::mouse_move, 10, 10)), "");
    EXPECT_EQ(svg(mouse_action(EventType::left_mouse_up, 10, 10)), "");
    EXPECT_EQ(svg(key_action("Enter")), "");
    EXPECT_TRUE(finished().empty());
}

TEST_F(BoxAndStrokesTest, shows_the_box_until_a_stroke_finds_the_object)
{
    field.bgr.setTo(cv::Scalar(90, 90, 90));
    EXPECT_THAT(drag_box(), HasSubstr("m140 90h121v121h-121z"));
    EXPECT_TRUE(finished().empty());
    drag({{180, 140}, {220, 140}, {220, 160}, {180, 160}}, true);
    EXPECT_TRUE(covers({220, 150}));
}

TEST_F(BoxAndStrokesTest, sends_the_shape_again_when_it_was_improved)
{
    drag_box();
    auto const first = finished();
    EXPECT_EQ(finished(), first);
    drag({{180, 150}, {220, 150}});
    EXPECT_NE(finished(), first);
}

TEST_F(BoxAndStrokesTest, takes_back_the_last_stroke_and_in_the_end_the_box)
{
    auto const outline = drag_box();
    drag({{180, 150}, {220, 150}});
    EXPECT_FALSE(covers({200, 150}));
    EXPECT_EQ(svg(key_action("Backspace")), outline);
    EXPECT_TRUE(covers({200, 150}));
    EXPECT_EQ(svg(key_action("Backspace")), "");
    EXPECT_TRUE(finished().empty());
    EXPECT_EQ(svg(key_action("Backspace")), "") << "there is nothing left to take back";
    EXPECT_EQ(drag_box(), outline);
}

TEST_F(BoxAndStrokesTest, takes_back_the_stroke_that_is_being_drawn)
{
    auto const outline = drag_box();
    handle(mouse_action(EventType::left_mouse_down, 180, 150));
    EXPECT_EQ(svg(key_action("Backspace")), outline);
    EXPECT_EQ(svg(mouse_action(EventType::left_mouse_up, 220, 150)), outline);
}

TEST_F(BoxAndStrokesTest, shows_the_strokes_that_were_drawn_in_a_text_that_stays_short)
{
    drag_box();
    EXPECT_THAT(drag({{180, 150}, {220, 150}}), HasSubstr("m180 150 40 0"));
    for (std::size_t i = 0; i < BoxAndStrokes::max_strokes; ++i) drag({{145, 95}, {145, 105}, {150, 100}});
    EXPECT_LT(svg(key_action("a")).size(), 20'000U);
}

TEST_F(BoxAndStrokesTest, takes_places_beyond_the_image_for_its_border)
{
    handle(mouse_action(EventType::left_mouse_down, -1'000'000'000, -1'000'000'000));
    EXPECT_THAT(svg(mouse_action(EventType::mouse_move, 1'000'000'000, 1'000'000'000)),
                HasSubstr("m0 0h400v300h-400z"));
    handle(mouse_action(EventType::left_mouse_up, 1'000'000'000, 1'000'000'000));
    drag({{-1'000'000'000, 5}, {1'000'000'000, 5}});
    EXPECT_GT(overlap(finished(), field.object), 0.9);
}

TEST_F(BoxAndStrokesTest, leaves_out_more_points_with_a_larger_epsilon)
{
    auto const points_at = [&](double epsilon) {
        tool = {};
        handle(mouse_action(EventType::left_mouse_down, 140, 90));
        auto up = mouse_action(EventType::left_mouse_up, 260, 210);
        up.epsilon = epsilon;
        handle(up);
        return finished().size();
    };
    EXPECT_GT(points_at(0.5), points_at(5));
}

TEST_F(BoxAndStrokesTest, bounds_the_text_of_a_stroke_that_never_ends_and_keeps_its_shape)
{
    drag_box();
    handle(mouse_action(EventType::left_mouse_down, 0, 0));
    std::size_t longest = 0;
    for (int i = 0; i < 20'000; ++i)
        longest = std::max(longest, svg(mouse_action(EventType::mouse_move, i % 400, 250 + i % 40)).size());
    EXPECT_LT(longest, 16'000U);
    auto const last = svg(mouse_action(EventType::mouse_move, 399, 299));
    EXPECT_THAT(last, HasSubstr("m0 0 "));
}

TEST_F(BoxAndStrokesTest, forgets_the_oldest_of_too_many_strokes)
{
    field = paint_disks({60, 60}, {{30, 30}}, 15);
    drag({{10, 10}, {50, 50}});
    drag({{30, 30}});
    EXPECT_FALSE(covers({30, 30}));
    for (std::size_t i = 0; i < BoxAndStrokes::max_strokes; ++i) drag({{5, 5}});
    EXPECT_TRUE(covers({30, 30}));
}

TEST_F(BoxAndStrokesTest, writes_nothing_that_the_person_sent_but_places)
{
    drag_box();
    auto action = mouse_action(EventType::mouse_move, 10, 10);
    action.key_up = action.key_down = action.image_uuid = action.category.name = "<script>";
    action.category.color = "\"/><script>";
    EXPECT_THAT(svg(action), Not(HasSubstr("script")));
}

TEST_F(BoxAndStrokesTest, tells_of_an_image_that_it_cannot_cut)
{
    field.bgr.convertTo(field.bgr, CV_16UC3);
    handle(mouse_action(EventType::left_mouse_down, 140, 90));
    auto const answer = tool.handle(mouse_action(EventType::left_mouse_up, 260, 210), field.bgr);
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, EndsWith("draw its box again"));
}

} // namespace
} // namespace learning_loop
