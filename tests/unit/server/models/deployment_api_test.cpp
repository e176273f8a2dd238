#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class DeploymentApiTest : public ServerTest {
protected:
    http::Response choose(std::string const& body) { return ask("PUT", project + "/deployment/target", body); }

    std::string const project = empty_project();
};

TEST_F(DeploymentApiTest, without_a_target_the_answer_is_404)
{
    EXPECT_EQ(get(project + "/deployment/target").status, 404);
}

TEST_F(DeploymentApiTest, the_target_is_the_chosen_model)
{
    auto const id =
        std::string(json_of(post_files(project + "/models/onnx", {{"model.onnx", "weights"}})).at("id").as_string());
    EXPECT_EQ(choose(R"({"model_uuid": ")" + id + R"("})").status, 200);
    EXPECT_EQ(text_of(get(project + "/deployment/target")),
              R"({"model_uuid":")" + id + R"(","version":"1.0","target_id":"1.0"})");
}

TEST_F(DeploymentApiTest, a_wrong_choice_names_the_field)
{
    for (auto const* body : {"{}", R"({"model_uuid": "x"})", R"({"model_uuid": 3})"}) {
        auto const answer = choose(body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_NE(text_of(answer).find("model_uuid: "), std::string::npos) << text_of(answer);
    }
    EXPECT_EQ(choose("nothing").status, 422);
}

TEST_F(DeploymentApiTest, a_detectors_report_is_shown_with_the_time_it_came)
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

TEST_F(DeploymentApiTest, a_wrong_report_names_the_field)
{
    auto const answer =
        ask("POST", project + "/detectors", R"({"uuid": "u", "name": "cam", "state": "online", "uptime": "long"})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_NE(text_of(answer).find("uptime: "), std::string::npos);
}

} // namespace
} // namespace learning_loop
