#include "learning_loop/server/trainings/training_api.h"

#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

struct TrainingApiTest : ServerTest {
    http::Response add(std::string body) { return ask("POST", project + "/trainings", std::move(body)); }
    http::Response upload(std::string const& training)
    {
        return ask("PUT", project + "/trainings/" + training + "/models/latest/mocked/file",
                   test::multipart_body({{"model.pt", "weights"}, {"model.json", "{}"}}),
                   {{"Content-Type", test::multipart_type}});
    }

    std::string const project = empty_project();
};

TEST_F(TrainingApiTest, a_generated_project_has_trainings_whose_charts_name_its_models)
{
    EXPECT_EQ(generate(R"({"project_name": "mocked", "trainings": 2, "models": ["7.0"]})").status, 200);
    auto const list = json_of(get("/api/demo/projects/mocked/trainings"));
    ASSERT_EQ(list.at("charts").as_array().size(), 2U);
    EXPECT_EQ(list.at("trainings").at(0).at("state"), "completed");
    auto const id = std::string(list.at("charts").at(0).at("data").at(0).at("model_id").as_string());
    EXPECT_EQ(get("/api/demo/projects/mocked/models/" + id + "/mocked/file").status, 200);
    EXPECT_EQ(generate(R"({"project_name": "mocked", "trainings": 2, "models": ["7.0"]})").status,
              200); // the same again
    EXPECT_EQ(json_of(get("/api/demo/projects/mocked/trainings")).at("charts").as_array().size(), 2U);
}

TEST_F(TrainingApiTest, a_training_is_queued_with_the_hyperparameters_of_its_project)
{
    EXPECT_EQ(ask("PUT", project + "/hyperparameters", R"({"epochs": 7, "mosaic": "true"})").status, 200);
    auto const added = json_of(add(R"({"hyperparameters": {"epochs": "9"}, "model_variant": "small"})"));
    EXPECT_EQ(added.at("training_number"), 1);
    EXPECT_EQ(added.at("state"), "queued");
    EXPECT_EQ(added.at("created_by"), "admin");
    EXPECT_EQ(added.at("hyperparameters"), parse_json(R"({"epochs": "9", "mosaic": "true"})", "wanted").value());
    EXPECT_EQ(json_of(get(project + "/trainings/1")), added);
    EXPECT_EQ(json_of(get(project + "/trainings")).at("trainings").at(0).at("model_variant"), "small");
}

TEST_F(TrainingApiTest, what_cannot_be_is_refused_by_its_field)
{
    for (auto const& [body, field] : std::initializer_list<std::pair<char const*, char const*>>{
             {R"({"base_model_uuid": "no uuid"})", "base_model_uuid"},
             {R"({"base_model_uuid": "00000000-0000-0000-0000-000000000000"})", "base_model_uuid"},
             {R"({"hyperparameters": {"a": [1]}})", "hyperparameters.a"},
             {R"({"hyperparameter": {}})", "hyperparameter"},
             {R"({"model_variant": 3})", "model_variant"}}) {
        auto const refused = add(body);
        EXPECT_EQ(refused.status, 422) << body;
        EXPECT_NE(text_of(refused).find(field), std::string::npos) << text_of(refused);
    }
    EXPECT_EQ(json_of(get(project + "/trainings")).at("trainings").as_array().size(), 0U);
}

TEST_F(TrainingApiTest, a_training_that_there_is_not_is_a_404_and_so_is_a_model_of_it)
{
    for (auto const* number : {"0", "1", "-1", "x", "99999999999999999999", "1.0"}) {
        EXPECT_EQ(get(project + "/trainings/" + number).status, 404) << number;
        EXPECT_EQ(ask("POST", project + "/trainings/" + number + "/stop").status, 404) << number;
        EXPECT_EQ(upload(number).status, 404) << number;
    }
    EXPECT_EQ(json_of(get(project + "/models")).at("models").as_array().size(), 0U);
}

TEST_F(TrainingApiTest, one_that_waits_or_was_aborted_takes_no_model_and_has_no_dataset)
{
    add("{}");
    EXPECT_EQ(upload("1").status, 404);
    EXPECT_EQ(get(project + "/trainings/1/dataset").status, 404);
    auto const aborted = json_of(ask("POST", project + "/trainings/1/abort"));
    EXPECT_EQ(aborted.at("state"), "aborted");
    EXPECT_EQ(aborted.at("reason"), "aborted by admin");
    EXPECT_EQ(upload("1").status, 404);
    EXPECT_EQ(ask("POST", project + "/trainings/1/abort").status, 409);
}

} // namespace
} // namespace learning_loop
