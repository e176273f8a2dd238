#include "learning_loop/json/schema.h"

#include "learning_loop/json/json.h"

#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace learning_loop::schema_test {
namespace {

enum class Fruit { apple, pear };
BOOST_DESCRIBE_ENUM(Fruit, apple, pear)

struct Leaf {
    std::string name;
    double width = 0;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (name, width))

struct Tree {
    std::vector<Leaf> leaves;
    std::optional<Leaf> best;
    std::optional<Fruit> fruit;
    std::map<std::string, int> counts;
    bool stands = true;
    std::optional<std::string> note;
    boost::json::value extra;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (leaves, best, fruit, counts, stands, note, extra))

struct Node {
    std::vector<Node> children;
};
BOOST_DESCRIBE_STRUCT(Node, (), (children))

namespace elsewhere {
struct Leaf {
    int veins = 0;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (veins))
} // namespace elsewhere

TEST(Schema, describes_plain_values)
{
    EXPECT_EQ(to_text(schema_of<std::string>()), R"({"type":"string"})");
    EXPECT_EQ(to_text(schema_of<bool>()), R"({"type":"boolean"})");
    EXPECT_EQ(to_text(schema_of<double>()), R"({"type":"number"})");
    EXPECT_EQ(to_text(schema_of<int>()), R"({"type":"integer","format":"int32"})");
    EXPECT_EQ(to_text(schema_of<std::uint64_t>()), R"({"type":"integer","format":"int64","minimum":0})");
    EXPECT_EQ(to_text(schema_of<boost::json::value>()), "{}");
}

TEST(Schema, lists_the_words_of_an_enum)
{
    EXPECT_EQ(to_text(schema_of<Fruit>()), R"({"type":"string","enum":["apple","pear"]})");
    EXPECT_EQ(to_text(schema_of<std::optional<Fruit>>()), R"({"type":["string","null"],"enum":["apple","pear",null]})");
}

TEST(Schema, describes_lists_maps_and_optionals)
{
    EXPECT_EQ(to_text(schema_of<std::vector<std::optional<int>>>()),
              R"({"type":"array","items":{"type":["integer","null"],"format":"int32"}})");
    EXPECT_EQ(to_text(schema_of<std::map<std::string, bool>>()),
              R"({"type":"object","additionalProperties":{"type":"boolean"}})");
    EXPECT_EQ(to_text(schema_of<std::optional<boost::json::value>>()), "{}");
}

TEST(Schema, names_each_struct_once_without_its_namespace)
{
    SchemaCollector collector;
    EXPECT_EQ(to_text(schema_of<Tree>(collector)), R"({"$ref":"#/components/schemas/Tree"})");
    EXPECT_EQ(to_text(schema_of<std::vector<Leaf>>(collector)),
              R"({"type":"array","items":{"$ref":"#/components/schemas/Leaf"}})");
    EXPECT_EQ(to_text(collector.schemas()),
              R"({"Leaf":{"type":"object","properties":{"name":{"type":"string"},"width":{"type":"number"}},)"
              R"("required":["name","width"]},)"
              R"("Tree":{"type":"object","properties":{"leaves":{"type":"array",)"
              R"("items":{"$ref":"#/components/schemas/Leaf"}},)"
              R"("best":{"anyOf":[{"$ref":"#/components/schemas/Leaf"},{"type":"null"}]},)"
              R"("fruit":{"type":["string","null"],"enum":["apple","pear",null]},)"
              R"("counts":{"type":"object","additionalProperties":{"type":"integer","format":"int32"}},)"
              R"("stands":{"type":"boolean"},"note":{"type":["string","null"]},"extra":{}},)"
              R"("required":["stands","extra"]}})");
}

TEST(Schema, is_a_document_of_its_own)
{
    EXPECT_EQ(to_text(schema_of<Leaf>()),
              R"({"$ref":"#/$defs/Leaf","$defs":{"Leaf":{"type":"object","properties":{"name":{"type":"string"},)"
              R"("width":{"type":"number"}},"required":["name","width"]}}})");
}

TEST(Schema, of_a_struct_may_name_itself)
{
    SchemaCollector collector("#");
    schema_of<Node>(collector);
    EXPECT_EQ(to_text(collector.schemas()),
              R"({"Node":{"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#Node"}}}}})");
}

TEST(Schema, tells_two_structs_of_one_name_apart)
{
    SchemaCollector collector;
    schema_of<Leaf>(collector);
    EXPECT_THROW(schema_of<elsewhere::Leaf>(collector), std::logic_error);
}

} // namespace
} // namespace learning_loop::schema_test
