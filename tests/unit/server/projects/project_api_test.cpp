#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class ProjectApiTest : public ServerTest {
protected:
    ProjectApiTest()
    {
        EXPECT_EQ(post_files(project + "/images", {{"a.jpg", jpeg}, {"a.json", R"({"state": "review"})"}}).status, 200);
    }

    std::string const project = empty_project();
};

TEST_F(ProjectApiTest, lists_the_projects)
{
    EXPECT_EQ(text_of(get("/api/projects")),
              R"({"projects":[{"organization_id":"demo","project_id":"field","resource":"/demo/projects/field"}]})");
}

TEST_F(ProjectApiTest, describes_a_project)
{
    auto const answer = json_of(get(project));
    EXPECT_EQ(answer.at("categories").at(0).at("name"), "purple box");
    EXPECT_EQ(answer.at("image_counts").at("review"), 1);
    EXPECT_EQ(answer.at("image_counts").at("trash"), 0);
}

TEST_F(ProjectApiTest, tells_what_is_wrong_in_a_request_before_it_looks_the_project_up)
{
    std::string const moon = "/api/demo/projects/moon";
    EXPECT_EQ(get(moon + "/images").status, 422);
    EXPECT_EQ(get(moon + "/data?state=tidy").status, 422);
    EXPECT_EQ(ask("PUT", moon + "/deployment/target", "{").status, 422);
    EXPECT_EQ(ask("POST", moon + "/detectors", "{").status, 422);
    EXPECT_EQ(get(moon + "/data").status, 404);
}

TEST_F(ProjectApiTest, tells_the_remedy_for_a_project_that_is_unknown)
{
    auto const answer = get("/api/demo/projects/moon");
    EXPECT_EQ(answer.status, 404);
    EXPECT_NE(text_of(answer).find("'moon'"), std::string::npos) << text_of(answer);
    auto const detail = std::string(json_of(answer).at("detail").as_string());
    EXPECT_NE(detail.find(R"(POST /api/demo/projects {"project_name": "moon"})"), std::string::npos) << detail;
    EXPECT_NE(detail.find("POST /api/demo/projects/generator"), std::string::npos) << detail;
}

TEST_F(ProjectApiTest, does_not_repeat_a_name_that_no_project_can_have)
{
    auto const answer = get("/api/demo/projects/<script>");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(text_of(answer).find("<script>"), std::string::npos) << text_of(answer);
}

struct ProjectLifeTest : ServerTest {
    static constexpr auto* projects_of_demo = "/api/demo/projects";

    http::Response make(std::string const& body) { return ask("POST", projects_of_demo, body); }
};

TEST_F(ProjectLifeTest, a_key_that_there_is_not_is_refused_also_in_a_category)
{
    auto const misspelt = make(R"({"project_name": "beets", "test_percents": 30})");
    EXPECT_EQ(misspelt.status, 422);
    EXPECT_NE(text_of(misspelt).find("test_percents: is unknown: use project_name, categories, test_percent"),
              std::string::npos)
        << text_of(misspelt);
    auto const copied = make(R"({"project_name": "beets", "categories": [{"name": "a"}, {"name": "b", "id": "1"}]})");
    EXPECT_EQ(copied.status, 422);
    EXPECT_NE(text_of(copied).find("categories[1].id: is unknown: use name, type"), std::string::npos)
        << text_of(copied);
    EXPECT_EQ(get("/api/demo/projects/beets").status, 404);
}

TEST_F(ProjectLifeTest, a_project_is_made_with_its_categories)
{
    auto const made = make(R"({"project_name": "Beets", "test_percent": 10, "val_percent": 5, "categories":
        [{"name": "beet", "type": "segmentation", "color": "#112233"}, {"name": "weed"}]})");
    ASSERT_EQ(made.status, 200) << text_of(made);
    EXPECT_EQ(json_of(made).at("project_id"), "beets");
    EXPECT_EQ(json_of(made).at("image_counts").at("inbox"), 0);
    auto const categories = json_of(get("/api/demo/projects/beets")).at("categories");
    EXPECT_EQ(categories, json_of(made).at("categories"));
    EXPECT_EQ(categories.at(0).at("color"), "#112233");
    EXPECT_EQ(categories.at(1).at("type"), "box");
    EXPECT_EQ(text_of(get("/api/demo/projects/beets/split")), R"({"train":85,"test":10,"val":5})");
}

TEST_F(ProjectLifeTest, a_name_is_taken_once)
{
    ASSERT_EQ(make(R"({"project_name": "beets"})").status, 200);
    EXPECT_EQ(make(R"({"project_name": "BEETS"})").status, 409);
    EXPECT_EQ(generate(R"({"project_name": "beets"})").status, 409);
}

TEST_F(ProjectLifeTest, a_wrong_request_is_refused_with_its_field_and_makes_nothing)
{
    for (auto const& [body, field] : std::vector<std::pair<std::string, std::string>>{
             {"{}", "project_name"},
             {R"({"project_name": "a~b"})", "project_name"},
             {R"({"project_name": "../a"})", "project_name"},
             {R"({"project_name": "a", "categories": [{"name": "b"}, {"name": ""}]})", "categories[1].name"},
             {R"({"project_name": "a", "test_percent": 101})", "test_percent"},
             {R"({"project_name": "a", "test_percent": 60, "val_percent": 60})", "val_percent"}}) {
        auto const answer = make(body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_NE(text_of(answer).find(field), std::string::npos) << text_of(answer);
    }
    EXPECT_EQ(make(R"({"project_name": "a", "categories": [{"name": "b"}, {"name": "b"}]})").status, 409);
    EXPECT_EQ(ask("POST", "/api/Demo/projects", R"({"project_name": "a"})").status, 422);
    EXPECT_EQ(text_of(get("/api/projects")), R"({"projects":[]})");
}

TEST_F(ProjectLifeTest, a_name_that_is_no_plain_name_makes_nothing)
{
    for (std::string const name : {"..", "../../x", "", "/", "-rf", ".x", "a b", ";touch x;", "$(id)", "k\xC3\xBC"}) {
        boost::json::object const body{{"project_name", name}};
        EXPECT_EQ(ask("POST", "/api/demo/projects", to_text(body)).status, 422) << name;
        EXPECT_EQ(ask("POST", "/api/demo/projects/generator", to_text(body)).status, 422) << name;
    }
    boost::json::object const long_one{{"project_name", std::string(300, 'x')}};
    EXPECT_EQ(ask("POST", "/api/demo/projects", to_text(long_one)).status, 422);
    for (auto const* organization : {"-rf", ".x", "a%20b", "%3Btouch", "K"})
        EXPECT_EQ(ask("POST", std::string("/api/") + organization + "/projects", R"({"project_name": "x"})").status,
                  422)
            << organization;
    EXPECT_EQ(json_of(get("/api/projects")).at("projects").as_array().size(), 0u);
}

TEST_F(ProjectLifeTest, a_deleted_one_is_gone_at_once_and_its_name_is_free)
{
    auto const small = R"({"project_name": "tiny", "image_style": "plain", "complete": 2, "trainings": 1})";
    ASSERT_EQ(generate(small).status, 200);
    auto const tiny = std::string("/api/demo/projects/tiny");
    EXPECT_EQ(text_of(ask("DELETE", tiny)), R"({"organization_id":"demo","project_id":"tiny","keeps_images":false})");
    EXPECT_EQ(get(tiny).status, 404);
    EXPECT_EQ(get(tiny + "/data").status, 404);
    EXPECT_EQ(ask("DELETE", tiny).status, 404);
    EXPECT_EQ(text_of(get("/api/projects")), R"({"projects":[]})");
    EXPECT_EQ(get("/api/demo/projects/tiny~1").status, 404);
    ASSERT_EQ(generate(small).status, 200); // with the same ids, while the former images are still being removed
    EXPECT_EQ(json_of(get(tiny)).at("image_counts").at("complete"), 2);
    EXPECT_EQ(json_of(get(tiny + "/models")).at("models").as_array().size(), 1U);
    EXPECT_EQ(ask("DELETE", tiny + "?keep_images=true").status, 200);
    EXPECT_EQ(make(R"({"project_name": "tiny"})").status, 200);
}

TEST_F(ProjectLifeTest, a_token_of_a_deleted_project_does_not_count_for_the_next_of_its_name)
{
    auto const field = empty_project();
    http::Headers const headers{{"Authorization", token_of(store::TokenKind::script, "sync", "field")}};
    caller.reset();
    ASSERT_EQ(ask("GET", field, "", headers).status, 200);
    ASSERT_EQ(ask("DELETE", field, "", headers).status, 200); // its own, too
    EXPECT_EQ(ask("GET", field, "", headers).status, 401);
    caller = http::Caller{http::Caller::Kind::user, "admin", http::Access::operators, {}};
    empty_project();
    caller.reset();
    EXPECT_EQ(ask("GET", field, "", headers).status, 401);
}

} // namespace
} // namespace learning_loop
