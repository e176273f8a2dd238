#include "learning_loop/store/project_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

using ProjectRepositoryTest = StoreTest;

TEST_F(ProjectRepositoryTest, a_project_comes_back_with_its_categories_in_order)
{
    auto const found = test::run(projects.find("demo", "field")).value().value();
    ASSERT_EQ(found.categories.size(), 2U);
    EXPECT_EQ(found.categories[0].id, "id-1");
    EXPECT_EQ(found.categories[1].type, "point");
    EXPECT_EQ(found.categories[1].point_size, std::nullopt);
}

TEST_F(ProjectRepositoryTest, an_unknown_project_is_none)
{
    EXPECT_FALSE(test::run(projects.find("demo", "moon")).value());
}

TEST_F(ProjectRepositoryTest, making_it_again_finds_it_as_it_was)
{
    EXPECT_EQ(test::run(projects.find_or_make(project_named("field")))->number, project.number);
    auto other = project_named("field");
    other.generator = "something else";
    EXPECT_EQ(test::run(projects.find_or_make(other))->generator, "made");
}

TEST_F(ProjectRepositoryTest, the_one_that_changed_last_comes_first)
{
    ASSERT_TRUE(test::run(projects.find_or_make(project_named("younger"))));
    EXPECT_EQ(test::run(projects.all())->at(0).name, "younger");
    ASSERT_TRUE(test::run(images.add(project.number, {image(1)})));
    EXPECT_EQ(test::run(projects.all())->at(0).name, "field");
}

} // namespace
} // namespace learning_loop::store
