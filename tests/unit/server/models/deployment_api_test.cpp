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

} // namespace
} // namespace learning_loop
