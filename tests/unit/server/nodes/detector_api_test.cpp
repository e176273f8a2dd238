#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class DetectorApiTest : public ServerTest {
protected:
    std::string const project = empty_project();
};

TEST_F(DetectorApiTest, a_detectors_report_is_shown_with_the_time_it_came)
{
    auto const report = R"({"uuid": "u", "name": "cam", "state": "online", "uptime": 12, "model_format": "onnx",
        "current_model": null, "target_model": "1.0", "errors": {"model": "broken"}, "operation_mode": "detecting",
        "node_version": null})";
    EXPECT_EQ(ask("POST", project + "/detectors", report).status, 200);
    auto const shown = json_of(get(project + "/detectors")).at("detectors").at(0);
    EXPECT_EQ(shown.at("name"), "cam");
    EXPECT_EQ(shown.at("errors").at("model"), "broken");
    EXPECT_EQ(shown.at("operation_mode"), "detecting");
    EXPECT_TRUE(shown.at("last_seen").is_string());
}

TEST_F(DetectorApiTest, a_wrong_report_names_the_field)
{
    auto const answer =
        ask("POST", project + "/detectors", R"({"uuid": "u", "name": "cam", "state": "online", "uptime": "long"})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_NE(text_of(answer).find("uptime: "), std::string::npos);
}

} // namespace
} // namespace learning_loop
