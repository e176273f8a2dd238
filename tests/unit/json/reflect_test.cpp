#include "learning_loop/json/reflect.h"

#include "learning_loop/json/every_field_is_described.h"
#include "learning_loop/json/json.h"

#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

#include <cstdint>

namespace learning_loop {
namespace {

enum class Fruit { apple, pear };
BOOST_DESCRIBE_ENUM(Fruit, apple, pear)

struct Leaf {
    std::string name;
    int width = 0;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (name, width))

struct Tree {
    std::vector<Leaf> leaves;
    std::optional<std::string> note;
    std::map<std::string, int> counts;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (leaves, note, counts))

struct DefaultLeaf {
    std::string name = "none";
    int width = 1;
};
BOOST_DESCRIBE_STRUCT(DefaultLeaf, (), (name, width))

struct Pot {
    DefaultLeaf leaf;
    int litres = 7;
    std::map<std::string, DefaultLeaf> others;
};
BOOST_DESCRIBE_STRUCT(Pot, (), (leaf, litres, others))
static_assert(every_field_is_described<Pot> && every_field_is_described<Tree>);

struct Forgetful {
    int told = 0;
    int forgotten = 0;
};
BOOST_DESCRIBE_STRUCT(Forgetful, (), (told))
static_assert(!every_field_is_described<Forgetful>);

template <class T>
Result<T> from_file(std::string_view text)
{
    return from_json<T>(parse_json(text, "test").value(), JsonPath("pot.json"), Reading::from_file);
}

template <class T>
Result<T> read(std::string_view text)
{
    return from_json<T>(parse_json(text, "test").value());
}

template <class T>
std::string message_of(std::string_view text)
{
    auto const read_value = read<T>(text);
    return read_value ? "no error" : read_value.error().message;
}

TEST(Reflect, names_the_path_of_the_wrong_value)
{
    EXPECT_EQ(message_of<Tree>(R"({"leaves": [{"name": "a", "width": 1}, {"name": "b", "width": "x"}]})"),
              "leaves[1].width: expected a whole number");
    EXPECT_EQ(message_of<Tree>(R"({"counts": {"oak": true}})"), "counts.oak: expected a whole number");
    EXPECT_EQ(message_of<Tree>("[]"), "the document: expected an object");
}

TEST(Reflect, begins_the_path_with_the_name_of_the_document)
{
    auto const tree = from_json<Tree>(parse_json(R"({"note": 3})", "test").value(), JsonPath("model.json"));
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().message, "model.json.note: expected a text");
    EXPECT_EQ(tree.error().code, Errc::invalid_argument);
}

TEST(Reflect, ignores_keys_it_does_not_know)
{
    auto const leaf = read<Leaf>(R"({"name": "a", "width": 1, "uuid": "7", "more": {"x": [1]}})");
    EXPECT_EQ(leaf.value().name, "a");
}

TEST(Reflect, takes_optionals_and_lists_that_are_missing_or_null)
{
    for (auto const* text : {"{}", R"({"leaves": null, "note": null, "counts": null})"}) {
        auto const tree = read<Tree>(text);
        ASSERT_TRUE(tree) << text;
        EXPECT_TRUE(tree->leaves.empty());
        EXPECT_EQ(tree->note, std::nullopt);
        EXPECT_TRUE(tree->counts.empty());
    }
}

TEST(Reflect, misses_what_is_required)
{
    EXPECT_EQ(message_of<Leaf>(R"({"name": "a"})"), "width: is missing");
    EXPECT_EQ(message_of<Leaf>(R"({"name": null, "width": 1})"), "name: is missing");
}

TEST(Reflect, takes_a_float_without_fraction_for_a_whole_number)
{
    EXPECT_EQ(read<int>("3.0").value(), 3);
    EXPECT_EQ(read<int>("-2e3").value(), -2000);
    EXPECT_EQ(message_of<int>("3.5"), "the document: expected a whole number within range");
}

TEST(Reflect, refuses_whole_numbers_that_do_not_fit)
{
    EXPECT_EQ(read<std::uint8_t>("255").value(), 255);
    for (auto const* text : {"256", "-1", "1e300", "-1.0", "18446744073709551615"})
        EXPECT_FALSE(read<std::uint8_t>(text)) << text;
    EXPECT_EQ(read<std::int64_t>("-9223372036854775808").value(), std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(read<std::int64_t>("9223372036854775808"));
    EXPECT_FALSE(read<std::int64_t>("9.3e18"));
}

TEST(Reflect, takes_a_whole_number_for_a_float)
{
    EXPECT_EQ(read<double>("2").value(), 2.0);
    EXPECT_EQ(message_of<double>("\"2\""), "the document: expected a number");
    EXPECT_EQ(message_of<bool>("1"), "the document: expected true or false");
}

TEST(Reflect, names_the_words_of_an_enum)
{
    EXPECT_EQ(read<Fruit>("\"pear\"").value(), Fruit::pear);
    EXPECT_EQ(message_of<Fruit>("\"plum\""), "the document: 'plum' is unknown: use apple or pear");
    EXPECT_EQ(message_of<Fruit>(R"("pear\u0000")"), "the document: 'pear?' is unknown: use apple or pear");
    EXPECT_EQ(message_of<Fruit>("1"), "the document: expected a text: use apple or pear");
}

TEST(Reflect, keeps_the_defaults_of_what_a_file_leaves_out)
{
    auto const pot = from_file<Pot>(R"({"leaf": {"width": 3}})");
    EXPECT_EQ(pot.value().leaf.name, "none");
    EXPECT_EQ(pot->leaf.width, 3);
    EXPECT_EQ(pot->litres, 7);
    EXPECT_EQ(from_file<Pot>("{}").value().litres, 7);
}

TEST(Reflect, refuses_keys_of_a_file_that_it_does_not_know)
{
    auto const message_of = [](std::string_view text) { return from_file<Pot>(text).error().message; };
    EXPECT_EQ(message_of(R"({"litre": 3})"), "pot.json.litre: is unknown: use leaf, litres or others");
    EXPECT_EQ(message_of(R"({"leaf": {"name": "a", "size": 3}})"), "pot.json.leaf.size: is unknown: use name or width");
    EXPECT_EQ(message_of(R"({"others": {"a": {}, "b": {"x": 1}}})"),
              "pot.json.others.b.x: is unknown: use name or width");
    EXPECT_EQ(message_of(R"({"li\nt": 3})"), "pot.json.li?t: is unknown: use leaf, litres or others");
}

TEST(Reflect, refuses_wrong_values_of_a_file)
{
    auto const message_of = [](std::string_view text) { return from_file<Pot>(text).error().message; };
    EXPECT_EQ(message_of(R"({"litres": "3"})"), "pot.json.litres: expected a whole number");
    EXPECT_EQ(message_of(R"({"litres": null})"), "pot.json.litres: is missing");
    EXPECT_EQ(message_of("[]"), "pot.json: expected an object");
}

TEST(Reflect, writes_numbers_beyond_the_signed_ones)
{
    EXPECT_EQ(to_text(to_json(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
    EXPECT_EQ(to_text(to_json(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
}

TEST(Reflect, writes_every_field_in_order_and_absent_ones_as_null)
{
    Tree const tree{{{"a", 1}}, std::nullopt, {{"oak", 2}}};
    EXPECT_EQ(to_text(to_json(tree)), R"({"leaves":[{"name":"a","width":1}],"note":null,"counts":{"oak":2}})");
}

TEST(Reflect, writes_enums_as_words)
{
    EXPECT_EQ(to_text(to_json(std::vector{Fruit::apple, Fruit::pear})), R"(["apple","pear"])");
}

} // namespace
} // namespace learning_loop
