#include "learning_loop/data/project.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

TEST(ProjectList, has_a_golden_form)
{
    test::expect_golden(
        ProjectList{{{"demo", "field", "/demo/projects/field"}}},
        R"({"projects":[{"organization_id":"demo","project_id":"field","resource":"/demo/projects/field"}]})");
}

TEST(ProjectDetails, has_a_golden_form)
{
    Category const beet{"c", "beet", {}, {}, "#FF00FF", 20, "box"};
    test::expect_golden(
        ProjectDetails{{"demo", "field", "/demo/projects/field"}, {beet}, {{"inbox", 2}, {"complete", 1}}},
        R"({"organization_id":"demo","project_id":"field","resource":"/demo/projects/field",)"
        R"("categories":[{"id":"c","name":"beet","description":null,"hotkey":null,"color":"#FF00FF",)"
        R"("point_size":20,"type":"box"}],"image_counts":{"complete":1,"inbox":2}})");
}

TEST(GeneratedProject, has_a_golden_form)
{
    test::expect_golden(GeneratedProject{"demo", "field", 4},
                        R"({"organization_id":"demo","project_id":"field","image_count":4})");
}

} // namespace
} // namespace learning_loop
