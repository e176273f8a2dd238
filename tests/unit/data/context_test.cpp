#include "learning_loop/data/context.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(Context, has_a_golden_form)
{
    test::expect_golden(Context{"zauberzeug", "demo"}, R"({"organization":"zauberzeug","project":"demo"})");
}

TEST(Context, misses_what_is_required)
{
    EXPECT_EQ(test::message_of<Context>(R"({"organization":"zauberzeug"})"), "project: is missing");
}

} // namespace
} // namespace learning_loop
