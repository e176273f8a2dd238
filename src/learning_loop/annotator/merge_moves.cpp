#include "learning_loop/annotator/merge_moves.h"

#include <utility>

namespace learning_loop {
namespace {

void leave_out_every_other(std::vector<Coordinate>& places)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < places.size(); i += 2) places[kept++] = places[i];
    places.resize(kept);
}

} // namespace

bool can_merge(UserAction const& waiting, UserAction const& next)
{
    return waiting.event_type == EventType::mouse_move && next.event_type == EventType::mouse_move &&
           waiting.image_uuid == next.image_uuid && waiting.context == next.context &&
           waiting.category.id == next.category.id && waiting.key_up == next.key_up &&
           waiting.key_down == next.key_down && waiting.is_shift_key_pressed == next.is_shift_key_pressed;
}

UserAction merge(UserAction waiting, UserAction next, std::size_t max_passed)
{
    auto passed = std::move(waiting.passed);
    passed.push_back(waiting.coordinate);
    if (passed.size() > max_passed) leave_out_every_other(passed);
    next.passed = std::move(passed);
    return next;
}

} // namespace learning_loop
