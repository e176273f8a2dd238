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
        ProjectDetails{{"demo", "field", "/demo/projects/field"}, {beet}, {{"inbox", 2}, {"complete", 1}}, 3},
        R"({"organization_id":"demo","project_id":"field","resource":"/demo/projects/field",)"
        R"("categories":[{"id":"c","name":"beet","description":null,"hotkey":null,"color":"#FF00FF",)"
        R"("point_size":20,"type":"box"}],"image_counts":{"complete":1,"inbox":2},)"
        R"("broken_image_count":3})");
}

TEST(GeneratedProject, has_a_golden_form)
{
    test::expect_golden(GeneratedProject{"demo", "field", 4},
                        R"({"organization_id":"demo","project_id":"field","image_count":4})");
}

TEST(NewProject, has_a_golden_form)
{
    test::expect_golden(NewProject{"field", {{"beet", "box", "", "", "#FF00FF", 20}}, 10, 5},
                        R"({"project_name":"field","categories":[{"name":"beet","type":"box","description":"",)"
                        R"("hotkey":"","color":"#FF00FF","point_size":20}],"test_percent":10,"val_percent":5})");
}

TEST(DeletedProject, has_a_golden_form)
{
    test::expect_golden(DeletedProject{"demo", "field", true},
                        R"({"organization_id":"demo","project_id":"field","keeps_images":true})");
}

TEST(Split, has_a_golden_form)
{
    test::expect_golden(Split{70, 20, 10}, R"({"train":70,"test":20,"val":10})");
}

TEST(SplitChange, has_a_golden_form)
{
    test::expect_golden(SplitChange{70, 20, 10, true}, R"({"train":70,"test":20,"val":10,"redraw":true})");
}

} // namespace
} // namespace learning_loop
