#include "learning_loop/store/project_repository.h"

#include "learning_loop/store/tables.h"

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
    ASSERT_TRUE(test::run(intake.add(project.number, {image(1)})));
    EXPECT_EQ(test::run(projects.all())->at(0).name, "field");
}

TEST_F(ProjectRepositoryTest, making_one_of_a_name_that_is_taken_is_a_conflict)
{
    auto const made = test::run(projects.make(project_named("next")));
    EXPECT_EQ(made->categories.size(), 2U);
    EXPECT_EQ(test::run(projects.make(project_named("next"))).error().code, Errc::conflict);
}

TEST_F(ProjectRepositoryTest, draws_the_sets_of_its_images_anew_and_those_of_no_other_project)
{
    auto const other = test::run(projects.make(project_named("other"))).value();
    auto job = [&](Database& database) -> Result<void> {
        for (int i = 0; i < 2500; ++i) {
            ImageRow row;
            row.project = i == 0 ? other.number : project.number;
            row.id = std::to_string(i);
            insert(database, row);
        }
        return {};
    };
    ASSERT_TRUE(test::run(lanes.write(job)));
    ASSERT_TRUE(test::run(projects.set_split(project.number, 0, 100)));
    ASSERT_TRUE(test::run(projects.redraw_sets(project.number)));
    EXPECT_EQ(rows_in("images WHERE split = 'val'"), 2499);
    EXPECT_EQ(test::run(projects.find("demo", "field")).value()->val_percent, 100);
}

TEST_F(ProjectRepositoryTest, has_the_hyperparameters_that_were_set_last_and_at_first_none)
{
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    EXPECT_EQ(project.hyperparameters, std::nullopt);
    ASSERT_TRUE(test::run(projects.set_hyperparameters(project.number, R"({"epochs":1})")));
    ASSERT_TRUE(test::run(projects.set_hyperparameters(project.number, R"({"epochs":2})")));
    EXPECT_EQ(test::run(projects.find("demo", "field")).value()->hyperparameters, R"({"epochs":2})");
    EXPECT_EQ(test::run(projects.find("demo", "other")).value()->hyperparameters, std::nullopt);
    EXPECT_EQ(test::run(projects.all())->at(0).name, "field"); // it changed last
    EXPECT_EQ(test::run(projects.set_hyperparameters(other.number + 1, "{}")).error().code, Errc::not_found);
}

} // namespace
} // namespace learning_loop::store
