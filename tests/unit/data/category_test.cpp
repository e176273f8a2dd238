#include "learning_loop/data/category.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_filled_up;
using test::expect_golden;
using test::message_of;

TEST(Category, has_a_golden_form)
{
    expect_golden(Category{"0fed34df", "weed", "not wanted", "w", "#FF00FF", 20, "box"},
                  R"({"id":"0fed34df","name":"weed","description":"not wanted","hotkey":"w","color":"#FF00FF",)"
                  R"("point_size":20,"type":"box"})");
    expect_filled_up<Category>(
        R"({"id":"0fed34df","name":"weed"})",
        R"({"id":"0fed34df","name":"weed","description":null,"hotkey":null,"color":null,"point_size":null,)"
        R"("type":null})");
}

TEST(NewCategory, has_a_golden_form)
{
    expect_golden(NewCategory{"weed", "box", "not wanted", "w", "#FF00FF", 20},
                  R"({"name":"weed","type":"box","description":"not wanted","hotkey":"w","color":"#FF00FF",)"
                  R"("point_size":20})");
}

TEST(CategoryChange, has_a_golden_form)
{
    expect_golden(CategoryChange{"weed", "box", "not wanted", "w", "#FF00FF", 20},
                  R"({"name":"weed","type":"box","description":"not wanted","hotkey":"w","color":"#FF00FF",)"
                  R"("point_size":20})");
}

TEST(CategoryList, has_a_golden_form)
{
    expect_golden(CategoryList{{Category{"i", "weed", "", "", "#FF00FF", 20, "box"}}},
                  R"({"categories":[{"id":"i","name":"weed","description":"","hotkey":"","color":"#FF00FF",)"
                  R"("point_size":20,"type":"box"}]})");
}

TEST(Category, may_be_of_any_type_and_have_a_size_without_fraction)
{
    auto const category = test::read<Category>(R"({"id":"i","name":"n","type":"something new","point_size":20.0})");
    EXPECT_EQ(category.value().type, "something new");
    EXPECT_EQ(category->point_size, 20);
}

TEST(Category, names_what_is_wrong)
{
    EXPECT_EQ(message_of<Category>(R"({"id":7,"name":"n"})"), "id: expected a text");
    EXPECT_EQ(message_of<Category>(R"({"id":"i","name":"n","point_size":1.5})"),
              "point_size: expected a whole number within range");
    EXPECT_EQ(message_of<Category>(R"({"id":"i","name":"n","point_size":"20"})"),
              "point_size: expected a whole number");
}

} // namespace
} // namespace learning_loop
