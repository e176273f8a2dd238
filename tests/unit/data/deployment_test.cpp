#include "learning_loop/data/deployment.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(DeploymentTargetChoice, has_a_golden_form)
{
    test::expect_golden(DeploymentTargetChoice{"0f6c1b5e-0000-4000-8000-000000000001"},
                        R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001"})");
}

TEST(DeploymentTargetDetails, has_a_golden_form)
{
    test::expect_golden(DeploymentTargetDetails{"0f6c1b5e-0000-4000-8000-000000000001", "1.3", "1.3"},
                        R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"1.3","target_id":"1.3"})");
}

} // namespace
} // namespace learning_loop
