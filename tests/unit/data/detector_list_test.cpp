#include "learning_loop/data/detector_list.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(DetectorList, has_a_golden_form)
{
    DetectorStatus const status{"u", "weeder", "online", 3600, "onnx", "1.3", {}, {}, OperationMode::idle, {}};
    test::expect_golden(
        DetectorList{{{status, "2024-01-31T12:00:00"}}},
        R"({"detectors":[{"uuid":"u","name":"weeder","state":"online","uptime":3600,"model_format":"onnx",)"
        R"("current_model":"1.3","target_model":null,"errors":{},"operation_mode":"idle","node_version":null,)"
        R"("last_seen":"2024-01-31T12:00:00"}]})");
}

} // namespace
} // namespace learning_loop
