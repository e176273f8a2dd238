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

TEST(DeploymentHistory, has_a_golden_form)
{
    DeploymentHistory const history{
        {{"m", "1.3", "2024-01-31T12:00:00", "ann"}, {{}, {}, "2024-01-30T12:00:00", "nobody"}}};
    test::expect_golden(history,
                        R"({"history":[{"model_uuid":"m","version":"1.3","chosen":"2024-01-31T12:00:00",)"
                        R"("chosen_by":"ann"},{"model_uuid":null,"version":null,"chosen":"2024-01-30T12:00:00",)"
                        R"("chosen_by":"nobody"}]})");
}

} // namespace
} // namespace learning_loop
