#pragma once

#include "learning_loop/data/category.h"
#include "learning_loop/data/context.h"
#include "learning_loop/data/geometry.h"

#include <map>
#include <vector>

// What an annotator and its Loop tell each other while a person draws.

namespace learning_loop {

enum class EventType { left_mouse_down, right_mouse_down, mouse_move, left_mouse_up, right_mouse_up, key_up, key_down };
BOOST_DESCRIBE_ENUM(EventType, left_mouse_down, right_mouse_down, mouse_move, left_mouse_up, right_mouse_up, key_up,
                    key_down)

struct Coordinate {
    Pixel x;
    Pixel y;
};
BOOST_DESCRIBE_STRUCT(Coordinate, (), (x, y))

/// One thing that a person did over an image.
struct UserEvent {
    Coordinate coordinate;
    EventType event_type = EventType::mouse_move;
    Context context;
    std::string image_uuid;
    Category category;                 ///< That the person draws.
    std::optional<std::string> key_up; ///< The key that was let go; `Escape` ends what was being drawn.
    std::optional<std::string> key_down;
    std::optional<double> epsilon; ///< How much a line may be simplified; its unit is the tool's.
    std::optional<bool> is_shift_key_pressed;
};
BOOST_DESCRIBE_STRUCT(UserEvent, (),
                      (coordinate, event_type, context, image_uuid, category, key_up, key_down, epsilon,
                       is_shift_key_pressed))

/// The argument of the event `handle_user_input`.
struct UserInput {
    std::string frontend_id; ///< Of the person's window: each has a history of its own.
    UserEvent data;
};
BOOST_DESCRIBE_STRUCT(UserInput, (), (frontend_id, data))

/// A finished shape: the third argument of the event `update_segmentation_annotation`.
struct SegmentationAnnotation {
    std::string id; ///< The same again replaces the shape.
    Polygon shape;
    std::string image_id;
    std::string category_id;
};
BOOST_DESCRIBE_STRUCT(SegmentationAnnotation, (), (id, shape, image_id, category_id))

/// The event `update_annotation_node`.
struct AnnotatorStatus {
    std::string id;
    std::string name;
    std::string state = "online";
    std::optional<double> uptime;              ///< Seconds.
    std::map<std::string, std::string> errors; ///< What is wrong, by the step that failed; empty when all is well.
    std::vector<std::string> capabilities;     ///< `segmentation`
};
BOOST_DESCRIBE_STRUCT(AnnotatorStatus, (), (id, name, state, uptime, errors, capabilities))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Coordinate>();
extern template JsonType const& json_type<UserEvent>();
extern template JsonType const& json_type<UserInput>();
extern template JsonType const& json_type<SegmentationAnnotation>();
extern template JsonType const& json_type<AnnotatorStatus>();

} // namespace learning_loop
