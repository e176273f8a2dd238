#include "learning_loop/data/annotations.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_filled_up;
using test::expect_golden;
using test::message_of;

TEST(BoxAnnotation, has_a_golden_form)
{
    expect_golden(BoxAnnotation{"weed", 1, 2, 3, 4, "id"},
                  R"({"category_name":"weed","x":1,"y":2,"width":3,"height":4,"category_id":"id"})");
    expect_filled_up<BoxAnnotation>(R"({"category_name":"weed","x":1.4,"y":2.0,"width":3,"height":4})",
                                    R"({"category_name":"weed","x":1,"y":2,"width":3,"height":4,"category_id":null})");
}

TEST(PointAnnotation, has_a_golden_form)
{
    expect_golden(PointAnnotation{"weed", 1, 2.5, "id"},
                  R"({"category_name":"weed","x":1.0,"y":2.5,"category_id":"id"})");
    expect_filled_up<PointAnnotation>(R"({"category_name":"weed","x":1,"y":2})",
                                      R"({"category_name":"weed","x":1.0,"y":2.0,"category_id":null})");
}

TEST(ClassificationAnnotation, has_a_golden_form)
{
    expect_golden(ClassificationAnnotation{"weed", "id"}, R"({"category_name":"weed","category_id":"id"})");
    expect_filled_up<ClassificationAnnotation>(R"({"category_name":"weed"})",
                                               R"({"category_name":"weed","category_id":null})");
}

TEST(Annotations, name_what_is_missing)
{
    EXPECT_EQ(message_of<BoxAnnotation>(R"({"category_name":"weed","x":1,"y":2,"width":3})"), "height: is missing");
    EXPECT_EQ(message_of<PointAnnotation>(R"({"category_name":"weed","x":1,"y":null})"), "y: is missing");
    EXPECT_EQ(message_of<ClassificationAnnotation>("{}"), "category_name: is missing");
}

} // namespace
} // namespace learning_loop
