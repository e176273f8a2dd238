#include "learning_loop/store/project_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

using ProjectRepositoryTest = StoreTest;

TEST_F(ProjectRepositoryTest, a_project_comes_back_with_its_categories_in_order)
{
    auto const found = *test::run(projects.find("demo", "field"));
    ASSERT_EQ(found.categories.size(), 2U);
    EXPECT_EQ(found.categories[0].id, "id-1");
    EXPECT_EQ(found.categories[1].type, "point");
    EXPECT_EQ(found.categories[1].point_size, std::nullopt);
}

TEST_F(ProjectRepositoryTest, an_unknown_project_is_not_found_with_the_remedy)
{
    auto const error = test::run(projects.find("demo", "moon")).error();
    EXPECT_EQ(error.code, Errc::not_found);
    EXPECT_NE(error.message.find("'moon'"), std::string::npos);
    EXPECT_NE(error.message.find("POST /api/demo/projects/generator"), std::string::npos);
}

TEST_F(ProjectRepositoryTest, a_name_that_no_project_can_have_is_not_repeated)
{
    EXPECT_EQ(test::run(projects.find("demo", "\xff<")).error().message.find("\xff"), std::string::npos);
}

TEST_F(ProjectRepositoryTest, making_it_again_from_the_same_finds_it_and_from_something_else_is_a_conflict)
{
    EXPECT_EQ(test::run(projects.make(project_named("field")))->number, project.number);
    auto other = project_named("field");
    other.generator = "something else";
    EXPECT_EQ(test::run(projects.make(other)).error().code, Errc::conflict);
}

TEST_F(ProjectRepositoryTest, the_one_that_changed_last_comes_first)
{
    ASSERT_TRUE(test::run(projects.make(project_named("younger"))));
    EXPECT_EQ(test::run(projects.all())->at(0).name, "younger");
    ASSERT_TRUE(test::run(images.add(project, {image(1)})));
    EXPECT_EQ(test::run(projects.all())->at(0).name, "field");
}

} // namespace
} // namespace learning_loop::store
