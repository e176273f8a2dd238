#include "learning_loop/data/confidence.h"

#include "learning_loop/json/schema.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_golden;
using test::message_of;
using test::read;

TEST(Confidence, is_a_number_from_0_to_1)
{
    expect_golden(Confidence(0.45), "0.45");
    expect_golden(Confidence(0), "0.0");
    expect_golden(Confidence(1), "1.0");
    EXPECT_DOUBLE_EQ(read<Confidence>("1").value(), 1.0);
}

TEST(Confidence, above_1_is_a_percentage)
{
    EXPECT_DOUBLE_EQ(read<Confidence>("99.0").value(), 0.99);
    EXPECT_DOUBLE_EQ(read<Confidence>("100").value(), 1.0);
    EXPECT_DOUBLE_EQ(read<Confidence>("2").value(), 0.02);
}

TEST(Confidence, is_refused_when_it_is_neither)
{
    for (auto const* text : {"-0.1", "100.1", "1e300"})
        EXPECT_EQ(message_of<Confidence>(text), "the document: is neither within 0 to 1 nor a percentage") << text;
    for (auto const* text : {"\"0.5\"", "null", "true", "[]"})
        EXPECT_EQ(message_of<Confidence>(text), "the document: expected a number") << text;
}

TEST(Confidence, is_described_with_its_range)
{
    EXPECT_EQ(to_text(schema_of<Confidence>()), R"({"type":"number","minimum":0,"maximum":1})");
}

} // namespace
} // namespace learning_loop
