#include "learning_loop/data/user_input.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_filled_up;
using test::expect_golden;
using test::message_of;

UserInput full()
{
    UserInput input;
    input.frontend_id = "f";
    input.data = {{1, 2}, EventType::key_up, {"zauberzeug", "demo"}, "image", {}, "Escape", "a", 1.5, true};
    input.data.category.id = "c";
    input.data.category.name = "soil";
    input.data.category.type = "segmentation";
    return input;
}

constexpr auto* category_text = R"({"id":"c","name":"soil","description":null,"hotkey":null,"color":null,)"
                                R"("point_size":null,"type":"segmentation"})";

TEST(UserInput, has_a_golden_form)
{
    expect_golden(full(), R"({"frontend_id":"f","data":{"coordinate":{"x":1,"y":2},"event_type":"key_up",)"
                          R"("context":{"organization":"zauberzeug","project":"demo"},"image_uuid":"image",)"
                          R"("category":)" +
                              std::string(category_text) +
                              R"(,"key_up":"Escape","key_down":"a","epsilon":1.5,"is_shift_key_pressed":true}})");
}

TEST(UserInput, is_filled_up)
{
    expect_filled_up<UserInput>(
        R"({"frontend_id":"f","data":{"coordinate":{"x":1,"y":2},"event_type":"left_mouse_down","image_uuid":"image",
            "context":{"organization":"o","project":"p"},"category":{"id":"c","name":"soil","type":"segmentation"}}})",
        R"({"frontend_id":"f","data":{"coordinate":{"x":1,"y":2},"event_type":"left_mouse_down",)"
        R"("context":{"organization":"o","project":"p"},"image_uuid":"image","category":)" +
            std::string(category_text) +
            R"(,"key_up":null,"key_down":null,"epsilon":null,"is_shift_key_pressed":null}})");
}

TEST(UserInput, names_the_path_of_what_is_wrong)
{
    EXPECT_EQ(message_of<UserInput>(R"({"frontend_id":"f","data":{"coordinate":{"x":1}}})"),
              "data.coordinate.y: is missing");
    EXPECT_EQ(message_of<UserInput>(R"({"frontend_id":"f","data":{"coordinate":{"x":1,"y":2},"event_type":"click"}})"),
              "data.event_type: 'click' is unknown: use left_mouse_down, right_mouse_down, mouse_move, left_mouse_up, "
              "right_mouse_up, key_up or key_down");
}

TEST(SegmentationAnnotation, has_a_golden_form)
{
    expect_golden(SegmentationAnnotation{"i", {{{1, 2}, {3.5, 4}}}, "image", "c"},
                  R"({"id":"i","shape":{"points":[{"x":1.0,"y":2.0},{"x":3.5,"y":4.0}]},"image_id":"image",)"
                  R"("category_id":"c"})");
}

TEST(AnnotatorStatus, has_a_golden_form)
{
    expect_golden(AnnotatorStatus{"u", "annotator", "online", 1.5, {{"fetch", "x"}}, {"segmentation"}},
                  R"({"id":"u","name":"annotator","state":"online","uptime":1.5,"errors":{"fetch":"x"},)"
                  R"("capabilities":["segmentation"]})");
    expect_filled_up<AnnotatorStatus>(R"({"id":"u","name":"annotator","state":"online"})",
                                      R"({"id":"u","name":"annotator","state":"online","uptime":null,"errors":{},)"
                                      R"("capabilities":[]})");
}

} // namespace
} // namespace learning_loop
