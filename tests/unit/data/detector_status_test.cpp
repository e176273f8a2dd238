#include "learning_loop/data/detector_status.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

using test::expect_filled_up;
using test::expect_golden;
using test::message_of;

TEST(DetectorStatus, has_a_golden_form)
{
    DetectorStatus status{"u", "weeder", "online", 3600, "onnx", "1.3", "1.4", {}, OperationMode::detecting, "0.1"};
    status.errors = {{"update_model", "Could not update model: x"}, {"outbox", "y"}};
    expect_golden(
        status,
        R"({"uuid":"u","name":"weeder","state":"online","uptime":3600,"model_format":"onnx","current_model":"1.3",)"
        R"("target_model":"1.4","errors":{"outbox":"y","update_model":"Could not update model: x"},)"
        R"("operation_mode":"detecting","node_version":"0.1"})");
}

TEST(DetectorStatus, writes_what_is_absent)
{
    EXPECT_EQ(to_text(to_json(DetectorStatus{})),
              R"({"uuid":"","name":"","state":"online","uptime":0,"model_format":"","current_model":null,)"
              R"("target_model":null,)"
              R"("errors":{},"operation_mode":"idle","node_version":null})");
}

TEST(AboutDetector, has_a_golden_form)
{
    expect_golden(AboutDetector{OperationMode::idle, "online", std::nullopt, "1.4", VersionControl::specific_version},
                  R"({"operation_mode":"idle","state":"online","model_info":null,"target_model":"1.4",)"
                  R"("version_control":"specific_version"})");
    expect_golden(
        AboutDetector{OperationMode::startup, "online", ModelInformation{}, std::nullopt, VersionControl::pause},
        R"({"operation_mode":"startup","state":"online","model_info":{"id":"","host":null,"organization":"",)"
        R"("project":"",)"
        R"("version":"","categories":[],"resolution":null,"model_root_path":null,"model_size":null,)"
        R"("conf_threshold":null},)"
        R"("target_model":null,"version_control":"pause"})");
}

TEST(ModelVersions, have_a_golden_form)
{
    expect_golden(ModelVersions{},
                  R"({"current_version":"None","target_version":"None","loop_version":"None","local_versions":[],)"
                  R"("version_control":"follow_loop"})");
}

TEST(DetectorStatus, is_filled_up)
{
    expect_filled_up<DetectorStatus>(
        R"({"uuid":"u","name":"n","state":"online","uptime":1.0,"model_format":"onnx","operation_mode":"startup"})",
        R"({"uuid":"u","name":"n","state":"online","uptime":1,"model_format":"onnx","current_model":null,)"
        R"("target_model":null,"errors":{},"operation_mode":"startup","node_version":null})");
}

TEST(DetectorStatus, names_the_path_of_what_is_wrong)
{
    EXPECT_EQ(message_of<DetectorStatus>(
                  R"({"uuid":"u","name":"n","state":"online","uptime":1,"model_format":"onnx","errors":{"a":1}})"),
              "errors.a: expected a text");
    EXPECT_EQ(
        message_of<DetectorStatus>(
            R"({"uuid":"u","name":"n","state":"online","uptime":1,"model_format":"onnx","operation_mode":"asleep"})"),
        "operation_mode: 'asleep' is unknown: use startup, idle or detecting");
}

TEST(OutboxMode, is_written_as_its_name)
{
    expect_golden(OutboxMode::continuous_upload, R"("continuous_upload")");
    expect_golden(OutboxMode::stopped, R"("stopped")");
}

TEST(DeploymentTarget, has_a_golden_form)
{
    expect_golden(DeploymentTarget{"0f6c1b5e-0000-4000-8000-000000000001", "1.3"},
                  R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"1.3"})");
}

} // namespace
} // namespace learning_loop
