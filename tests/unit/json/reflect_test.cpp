#include "learning_loop/json/reflect.h"

#include "learning_loop/json/json.h"

#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

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

static_assert(every_field_is_described<Tree>);

struct Forgetful {
    int told = 0;
    int forgotten = 0;
};
BOOST_DESCRIBE_STRUCT(Forgetful, (), (told))
static_assert(!every_field_is_described<Forgetful>);

struct OldTree : Tree {
    int age = 0;
};
BOOST_DESCRIBE_STRUCT(OldTree, (Tree), (age))
static_assert(every_field_is_described<OldTree>);

struct ForgetfulTree : Tree {
    int forgotten = 0;
};
BOOST_DESCRIBE_STRUCT(ForgetfulTree, (Tree), ())
static_assert(!every_field_is_described<ForgetfulTree>);

struct OfAForgetful : Forgetful {
    int told_too = 0;
};
BOOST_DESCRIBE_STRUCT(OfAForgetful, (Forgetful), (told_too))
static_assert(!every_field_is_described<OfAForgetful>);

struct ForgetsWhatCanOnlyBeMoved {
    std::unique_ptr<int> forgotten;
    int told = 0;
};
BOOST_DESCRIBE_STRUCT(ForgetsWhatCanOnlyBeMoved, (), (told))
static_assert(!every_field_is_described<ForgetsWhatCanOnlyBeMoved>);

struct TellsOneTwice {
    int told = 0;
    int forgotten = 0;
};
BOOST_DESCRIBE_STRUCT(TellsOneTwice, (), (told, told))
static_assert(!every_field_is_described<TellsOneTwice>);

struct Shade {
    int depth = 0;
};
BOOST_DESCRIBE_STRUCT(Shade, (), (depth))

} // namespace

/// Written in a form of its own, read by its description.
template <>
struct JsonForm<Shade> {
    static boost::json::value to_json(Shade const& shade)
    {
        return boost::json::string("shade " + std::to_string(shade.depth));
    }
};

namespace {

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

TEST(Reflect, writes_and_reads_the_fields_of_bases_first)
{
    EXPECT_EQ(to_text(to_json(OldTree{{{}, "oak", {}}, 300})), R"({"leaves":[],"note":"oak","counts":{},"age":300})");
    auto const tree = read<OldTree>(R"({"age": 300, "note": "oak"})");
    EXPECT_EQ(tree.value().note, "oak");
    EXPECT_EQ(tree->age, 300);
    EXPECT_EQ(message_of<OldTree>(R"({"note": "oak"})"), "age: is missing");
}

TEST(Reflect, writes_texts_of_any_type)
{
    EXPECT_EQ(to_text(to_json("a")), R"("a")");
    EXPECT_EQ(to_text(to_json(std::string_view("b"))), R"("b")");
    EXPECT_EQ(to_text(to_json(std::string("c"))), R"("c")");
}

TEST(Reflect, takes_the_part_of_a_form_that_a_type_has)
{
    EXPECT_EQ(to_text(to_json(std::vector{Shade{3}})), R"(["shade 3"])");
    EXPECT_EQ(read<Shade>(R"({"depth": 4})").value().depth, 4);
}

TEST(Reflect, writes_enums_as_words)
{
    EXPECT_EQ(to_text(to_json(std::vector{Fruit::apple, Fruit::pear})), R"(["apple","pear"])");
}

} // namespace
} // namespace learning_loop
