#include "learning_loop/archive/zip.h"

#include "learning_loop/async/both.h"
#include "learning_loop/scene/random.h"

#include "support/run.h"
#include "unit/server/server_fixture.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr auto small =
    R"({"project_name": "Tiny", "image_style": "plain", "complete": 3, "inbox": 1,
    "box_categories": 2, "trainings": 1})";

class GeneratorApiTest : public ServerTest {
protected:
    boost::json::array ids() { return json_of(get("/api/demo/projects/tiny/data")).at("image_ids").as_array(); }
};

TEST_F(GeneratorApiTest, makes_the_project_that_was_asked_for)
{
    auto const answer = generate(small);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(text_of(answer), R"({"organization_id":"demo","project_id":"tiny","image_count":4})");
    auto const counts = json_of(get("/api/demo/projects/tiny")).at("image_counts");
    EXPECT_EQ(counts.at("complete"), 3);
    EXPECT_EQ(counts.at("inbox"), 1);
}

TEST_F(GeneratorApiTest, the_same_request_again_changes_nothing)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const before = ids();
    EXPECT_EQ(generate(small).status, 200);
    EXPECT_EQ(ids(), before);
    EXPECT_EQ(json_of(get("/api/demo/projects/tiny/models")).at("models").as_array().size(), 1U);
}

TEST_F(GeneratorApiTest, goes_on_where_it_was_interrupted)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const before = ids();
    run_sql("DELETE FROM annotations WHERE image = 2; DELETE FROM images WHERE number = 2;");
    ASSERT_EQ(ids().size(), 3U);
    EXPECT_EQ(generate(small).status, 200);
    EXPECT_EQ(ids().size(), 4U);
    EXPECT_EQ(ids().back(), before[1]); // it came last this time
}

TEST_F(GeneratorApiTest, other_parameters_for_a_project_that_exists_are_a_conflict)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const answer = generate(R"({"project_name": "tiny", "image_style": "plain", "complete": 4})");
    EXPECT_EQ(answer.status, 409);
    EXPECT_NE(text_of(answer).find("project_name"), std::string::npos);
}

TEST_F(GeneratorApiTest, a_wrong_request_is_422_and_makes_nothing)
{
    EXPECT_EQ(generate(R"({"complete": 3})").status, 422);
    EXPECT_EQ(generate(R"({"project_name": "tiny", "complete": -3})").status, 422);
    EXPECT_EQ(generate("no JSON").status, 422);
    EXPECT_EQ(ask("POST", "/api/Demo/projects/generator", small).status, 422);
    EXPECT_EQ(text_of(get("/api/projects")), R"({"projects":[]})");
}

TEST_F(GeneratorApiTest, a_training_leaves_a_mocked_model)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const model = json_of(get("/api/demo/projects/tiny/models?format=mocked")).at("models").at(0);
    EXPECT_EQ(model.at("version"), "1.0");
    auto const id = std::string(model.at("id").as_string());
    auto const zip = *read_zip(file_of(get("/api/demo/projects/tiny/models/" + id + "/mocked/file")));
    ASSERT_EQ(zip.size(), 3U);
    EXPECT_EQ(zip[0].name, "file_1.txt");
    EXPECT_EQ(zip[0].bytes, "content of file one");
    EXPECT_NE(zip[2].bytes.find(R"("format": "mocked")"), std::string::npos);
}

constexpr auto demo = R"({"project_name": "demo", "image_style": "plain", "complete": 1, "box_categories": 2,
    "point_categories": 2, "models": ["1.0", {"version": "1.1", "id": "00000000-0000-0000-0000-000000000011"},
    {"version": "1.2", "id": "00000000-0000-0000-0000-000000000012"}], "deployment_target": "1.1"})";

TEST_F(GeneratorApiTest, makes_the_project_that_the_tests_of_the_nodes_expect)
{
    ASSERT_EQ(generate(demo).status, 200);
    auto const models = json_of(get("/api/demo/projects/demo/models?format=mocked")).at("models").as_array();
    ASSERT_EQ(models.size(), 3U);
    EXPECT_EQ(models[0].at("version"), "1.0");
    EXPECT_EQ(models[1].at("version"), "1.1");
    EXPECT_EQ(models[1].at("id"), "00000000-0000-0000-0000-000000000011");
    EXPECT_EQ(models[2].at("id"), "00000000-0000-0000-0000-000000000012");
    auto const target = json_of(get("/api/demo/projects/demo/deployment/target"));
    EXPECT_EQ(target.at("version"), "1.1");
    auto const path = "/api/demo/projects/demo/models/00000000-0000-0000-0000-000000000011/mocked/file";
    auto const zip = *read_zip(file_of(get(path)));
    auto const description = parse_json(zip.at(2).bytes, "model.json").value();
    EXPECT_EQ(description.at("categories"), json_of(get("/api/demo/projects/demo")).at("categories"));
    EXPECT_EQ(description.at("categories").at(2).at("name"), "purple point");
}

TEST_F(GeneratorApiTest, the_images_that_the_tests_of_the_nodes_ask_for_have_their_ids)
{
    for (auto const& [name, id] : {std::pair("pytest", "285a92db-bc64-240d-50c2-3212d3973566"),
                                   {"pytest_nodelib_annotator", "10f7d7d2-4076-7006-af37-fa28a6a848ae"}}) {
        auto const project = std::string(name);
        EXPECT_EQ(generate(R"({"project_name": ")" + project + R"(", "complete": 2})").status, 200);
        auto const ids = json_of(get("/api/demo/projects/" + project + "/data")).at("image_ids").as_array();
        EXPECT_EQ(std::ranges::count(ids, boost::json::value(id)), 1) << project;
    }
}

TEST_F(GeneratorApiTest, the_target_that_somebody_chose_since_stays)
{
    ASSERT_EQ(generate(demo).status, 200);
    auto const target = std::string("/api/demo/projects/demo/deployment/target");
    ASSERT_EQ(ask("PUT", target, R"({"model_uuid": "00000000-0000-0000-0000-000000000012"})").status, 200);
    EXPECT_EQ(generate(demo).status, 200);
    EXPECT_EQ(json_of(get(target)).at("version"), "1.2");
}

TEST_F(GeneratorApiTest, a_model_comes_in_each_format_and_one_that_is_missing_is_made)
{
    auto const request = R"({"project_name": "tiny", "models": [{"formats": ["mocked", "mocked_2"]}], "trainings": 1})";
    auto const models = [this] { return json_of(get("/api/demo/projects/tiny/models")).at("models"); };
    ASSERT_EQ(generate(request).status, 200);
    auto const before = models();
    EXPECT_EQ(before.at(0).at("formats"), (boost::json::array{"mocked", "mocked_2"}));
    EXPECT_EQ(before.at(1).at("version"), "2.0");
    run_sql("DELETE FROM model_files WHERE format = 'mocked_2'");
    EXPECT_EQ(generate(request).status, 200);
    EXPECT_EQ(models(), before);
}

TEST_F(GeneratorApiTest, an_id_that_a_model_of_another_project_has_is_a_conflict)
{
    ASSERT_EQ(generate(demo).status, 200);
    auto const answer =
        generate(R"({"project_name": "tiny", "models": [{"id": "00000000-0000-0000-0000-000000000011"}]})");
    EXPECT_EQ(answer.status, 409);
    EXPECT_NE(text_of(answer).find("models[0].id: "), std::string::npos) << text_of(answer);
    EXPECT_EQ(get("/api/demo/projects/tiny").status, 404);
    EXPECT_EQ(generate(demo).status, 200); // its own ids are no conflict
}

TEST_F(GeneratorApiTest, a_format_that_no_model_can_have_leaves_no_project_behind)
{
    auto const answer = generate(R"({"project_name": "tiny", "models": [{"version": "1.0", "formats": ["images"]}]})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_NE(text_of(answer).find("models[0].formats[0]: 'images'"), std::string::npos) << text_of(answer);
    EXPECT_EQ(get("/api/demo/projects/tiny").status, 404);
    EXPECT_EQ(generate(R"({"project_name": "tiny", "models": ["1.0"]})").status, 200);
}

TEST_F(GeneratorApiTest, two_identical_requests_at_once_both_make_it)
{
    auto const asked = [this] {
        auto match = router().match("POST", "/api/demo/projects/generator");
        http::Request request;
        request.method = "POST";
        request.path_params = std::move(match->path_params);
        request.caller = *caller;
        request.body = demo;
        return http::Router::answer_to(*match->route, std::move(request));
    };
    auto const answers = test::Io(executor()).run(both(asked(), asked()));
    EXPECT_EQ(answers.first.status, 200) << text_of(answers.first);
    EXPECT_EQ(answers.second.status, 200) << text_of(answers.second);
    EXPECT_EQ(json_of(get("/api/demo/projects/demo/models")).at("models").as_array().size(), 3U);
}

TEST_F(GeneratorApiTest, a_request_that_an_earlier_version_kept_with_fewer_keys_is_the_same)
{
    ASSERT_EQ(generate(small).status, 200);
    run_sql(R"(UPDATE projects SET generator = '{"project_name":"tiny","seed":null,"inbox":1,"annotate":0,"review":0,)"
            R"("complete":3,"image_style":"plain","box_categories":2,"trainings":1}')");
    EXPECT_EQ(generate(small).status, 200);
}

TEST_F(GeneratorApiTest, whatever_is_asked_for_is_there)
{
    Random random(1);
    std::vector<std::string> const types{"box", "point", "segmentation", "classification"};
    std::vector<std::string> const states{"backlog", "inbox", "annotate", "review", "complete", "trash"};
    for (int i = 0; i < 24; ++i) {
        auto const name = "family" + std::to_string(i);
        boost::json::object request{{"project_name", name}, {"image_style", "plain"}};
        auto const draw = [&](std::string const& key, int most) -> int {
            if (random.chance(0.3)) return 0; // every key may be absent
            auto const number = random.integer(0, most);
            request[key] = number;
            return number;
        };
        std::map<std::string, int> categories, detections, images;
        for (auto const& type : types) {
            categories[type] = draw(type + "_categories", 4);
            detections[type] = draw(type + "_detections", 3);
            draw(type + "_annotations", 3);
        }
        for (auto const& state : states) images[state] = draw(state, 1);
        auto const tags = draw("tags", 2), trainings = draw("trainings", 2);
        auto const text = to_text(request);
        ASSERT_EQ(generate(text).status, 200) << text;
        ASSERT_EQ(generate(text).status, 200) << text; // again changes nothing
        auto const path = "/api/demo/projects/" + name;
        auto const details = json_of(get(path));
        std::map<std::string, int> found;
        for (auto const& category : details.at("categories").as_array())
            ++found[std::string(category.at("type").as_string())];
        for (auto const& type : types) EXPECT_EQ(found[type], categories[type]) << text;
        for (auto const& state : states) EXPECT_EQ(details.at("image_counts").at(state), images[state]) << text;
        EXPECT_EQ(json_of(get(path + "/models")).at("models").as_array().size(), static_cast<std::size_t>(trainings));
        auto const data = json_of(get(path + "/data"));
        for (auto const& id : data.at("image_ids").as_array()) {
            auto const image = json_of(get(path + "/images?ids=" + std::string(id.as_string()))).at("images").at(0);
            EXPECT_EQ(image.at("tags").as_array().size(), static_cast<std::size_t>(tags)) << text;
            for (auto const& type : types) {
                EXPECT_EQ(image.at(type + "_detections").as_array().size(), static_cast<std::size_t>(detections[type]))
                    << text;
            }
        }
    }
}

} // namespace
} // namespace learning_loop
