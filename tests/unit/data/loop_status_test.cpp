#include "learning_loop/data/loop_status.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(LoopStatus, has_a_golden_form)
{
    test::expect_golden(LoopStatus{"ready"}, R"({"status":"ready"})");
}

} // namespace
} // namespace learning_loop
