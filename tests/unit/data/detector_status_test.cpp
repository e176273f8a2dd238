#include "learning_loop/data/detector_status.h"

#include "learning_loop/base/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

/// The text is what the value is written as, and what it is read from.
template <class T>
void expect_golden(T const& value, std::string const& text)
{
    EXPECT_EQ(to_text(to_json(value)), text);
    EXPECT_EQ(to_text(to_json(from_json<T>(parse_json(text, "test").value()).value())), text);
}

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

TEST(DeploymentTarget, has_a_golden_form)
{
    expect_golden(DeploymentTarget{"0f6c1b5e-0000-4000-8000-000000000001", "1.3"},
                  R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"1.3"})");
}

} // namespace
} // namespace learning_loop
