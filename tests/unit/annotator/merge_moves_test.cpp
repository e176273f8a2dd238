#include "learning_loop/annotator/merge_moves.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace learning_loop {
namespace {

UserAction move_to(int x, int y)
{
    UserAction action;
    action.event_type = EventType::mouse_move;
    action.coordinate = {x, y};
    action.context = {"o", "p"};
    action.image_uuid = "00000000-0000-0000-0000-000000000001";
    action.category.id = "c";
    action.is_shift_key_pressed = true;
    return action;
}

std::vector<int> xs_of(std::vector<Coordinate> const& places)
{
    std::vector<int> xs;
    for (auto const& place : places) xs.push_back(place.x);
    return xs;
}

TEST(MergeMovesTest, keeps_the_way_of_the_mouse)
{
    auto const first = merge(move_to(1, 1), move_to(2, 2), 10);
    auto const second = merge(first, move_to(3, 3), 10);
    EXPECT_EQ(int{second.coordinate.x}, 3);
    EXPECT_EQ(xs_of(second.passed), (std::vector{1, 2}));
}

TEST(MergeMovesTest, leaves_out_every_other_place_of_a_long_way_but_never_its_length)
{
    auto action = move_to(0, 0);
    for (int x = 1; x <= 1000; ++x) action = merge(std::move(action), move_to(x, 0), 10);
    EXPECT_LE(action.passed.size(), 10u);
    EXPECT_EQ(int{action.passed.front().x}, 0);
    EXPECT_GT(int{action.passed.back().x}, 900);
    EXPECT_TRUE(std::ranges::is_sorted(xs_of(action.passed)));
}

TEST(MergeMovesTest, merges_only_moves_over_the_same_image_with_the_same_keys)
{
    EXPECT_TRUE(can_merge(move_to(1, 1), move_to(2, 2)));
    std::vector<void (*)(UserAction&)> const differences{
        [](UserAction& one) { one.event_type = EventType::left_mouse_up; },
        [](UserAction& one) { one.image_uuid = "00000000-0000-0000-0000-000000000002"; },
        [](UserAction& one) { one.context.project = "q"; },
        [](UserAction& one) { one.category.id = "d"; },
        [](UserAction& one) { one.is_shift_key_pressed = false; },
        [](UserAction& one) { one.key_up = "Escape"; },
        [](UserAction& one) { one.key_down = "a"; },
    };
    for (auto const& change : differences) {
        auto other = move_to(2, 2);
        change(other);
        EXPECT_FALSE(can_merge(move_to(1, 1), other));
        EXPECT_FALSE(can_merge(other, move_to(1, 1)));
    }
}

} // namespace
} // namespace learning_loop
