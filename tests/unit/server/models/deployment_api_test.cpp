#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class DeploymentApiTest : public ServerTest {
protected:
    http::Response choose(std::string const& body) { return ask("PUT", project + "/deployment/target", body); }

    std::string add(std::string const& weights)
    {
        auto const answer = post_files(project + "/models/onnx", {{"model.onnx", weights}});
        return std::string(json_of(answer).at("id").as_string());
    }
    void choose_model(std::string const& id) { EXPECT_EQ(choose(R"({"model_uuid": ")" + id + R"("})").status, 200); }
    boost::json::array history() { return json_of(get(project + "/deployment/history")).at("history").as_array(); }
    http::Response roll_back() { return ask("POST", project + "/deployment/rollback"); }

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
    auto const misspelt = choose(R"({"model_id": "x"})");
    EXPECT_EQ(misspelt.status, 422);
    EXPECT_NE(text_of(misspelt).find("model_id: is unknown: use model_uuid"), std::string::npos) << text_of(misspelt);
}

TEST_F(DeploymentApiTest, the_history_tells_who_chose_what_and_when)
{
    EXPECT_TRUE(history().empty());
    auto const first = add("first");
    auto const second = add("second");
    choose_model(first);
    choose_model(first); // again: nothing new
    caller->name = "";
    choose_model(second);
    auto const rows = history();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("model_uuid"), boost::json::value(second));
    EXPECT_EQ(rows[0].at("version"), "2.0");
    EXPECT_EQ(rows[0].at("chosen_by"), "nobody");
    EXPECT_EQ(rows[1].at("chosen_by"), "admin");
    EXPECT_LT(rows[1].at("chosen").as_string(), rows[0].at("chosen").as_string());
}

TEST_F(DeploymentApiTest, a_rollback_goes_to_the_target_before)
{
    auto const nothing = roll_back();
    EXPECT_EQ(nothing.status, 404);
    EXPECT_NE(text_of(nothing).find("PUT /api/"), std::string::npos);
    auto const first = add("first");
    choose_model(first);
    EXPECT_EQ(roll_back().status, 404);
    choose_model(add("second"));
    EXPECT_EQ(text_of(roll_back()), R"({"model_uuid":")" + first + R"(","version":"1.0","target_id":"1.0"})");
    EXPECT_EQ(json_of(get(project + "/deployment/target")).at("version"), "1.0");
    EXPECT_EQ(history().size(), 3U);
}

TEST_F(DeploymentApiTest, a_target_can_be_taken_away)
{
    EXPECT_EQ(ask("DELETE", project + "/deployment/target").status, 404);
    auto const id = add("first");
    choose_model(id);
    auto const taken = ask("DELETE", project + "/deployment/target");
    EXPECT_EQ(taken.status, 200);
    EXPECT_TRUE(json_of(taken).at("model_uuid").is_null());
    EXPECT_EQ(get(project + "/deployment/target").status, 404);
    EXPECT_TRUE(history().at(0).at("model_uuid").is_null());
    EXPECT_EQ(json_of(roll_back()).at("model_uuid"), boost::json::value(id));
    EXPECT_EQ(ask("DELETE", project + "/models/" + id).status, 409);
}

} // namespace
} // namespace learning_loop
