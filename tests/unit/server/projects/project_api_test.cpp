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
    EXPECT_NE(text_of(answer).find("POST /api/demo/projects/generator"), std::string::npos) << text_of(answer);
}

TEST_F(ProjectApiTest, does_not_repeat_a_name_that_no_project_can_have)
{
    auto const answer = get("/api/demo/projects/<script>");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(text_of(answer).find("<script>"), std::string::npos) << text_of(answer);
}

} // namespace
} // namespace learning_loop
