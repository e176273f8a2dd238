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
    EXPECT_EQ(get("/api/demo/projects/moon").status, 404);
}

} // namespace
} // namespace learning_loop
