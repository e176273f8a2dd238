#include "learning_loop/store/category_repository.h"

#include "learning_loop/store/tables.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

struct CategoryRepositoryTest : StoreTest {
    CategoryRepository categories{lanes};

    static Category category(std::string const& id, std::string const& name, std::string const& type = "box")
    {
        return {id, name, "", "", "#FF00FF", 20, type};
    }
    std::vector<Category> all() { return test::run(projects.find("demo", "field")).value().value().categories; }

    /// So many images, each with an annotation and a detection of the category "id-1".
    void mark(int images)
    {
        auto job = [&](Database& database) -> Result<void> {
            for (int i = 0; i < images; ++i) {
                ImageRow row;
                row.project = project.number;
                row.id = std::to_string(i);
                MarkRow mark;
                mark.image = insert_numbered(database, row);
                mark.category_id = "id-1";
                mark.category_name = "beet";
                insert(database, AnnotationRow{mark});
                insert(database, DetectionRow{mark, "1.0", 0.5});
            }
            return {};
        };
        ASSERT_TRUE(test::run(lanes.write(job)));
    }
};

TEST_F(CategoryRepositoryTest, adds_behind_the_others)
{
    ASSERT_TRUE(test::run(categories.add(project.number, category("id-3", "weed"))));
    ASSERT_EQ(all().size(), 3U);
    EXPECT_EQ(all()[2].name, "weed");
    EXPECT_EQ(all()[0].id, "id-1");
}

TEST_F(CategoryRepositoryTest, takes_a_name_once_for_each_type)
{
    EXPECT_EQ(test::run(categories.add(project.number, category("id-3", "beet"))).error().code, Errc::conflict);
    EXPECT_TRUE(test::run(categories.add(project.number, category("id-3", "beet", "segmentation"))));
    ASSERT_TRUE(test::run(categories.add(project.number, category("id-4", "weed"))));
    EXPECT_EQ(test::run(categories.change(project.number, category("id-4", "beet"))).error().code, Errc::conflict);
}

TEST_F(CategoryRepositoryTest, renames_what_is_of_the_category_in_all_images)
{
    mark(2100);
    ASSERT_TRUE(test::run(categories.change(project.number, category("id-1", "sugar beet"))));
    EXPECT_EQ(all()[0].name, "sugar beet");
    EXPECT_EQ(all()[0].id, "id-1");
    EXPECT_EQ(rows_in("annotations WHERE category_name = 'sugar beet'"), 2100);
    EXPECT_EQ(rows_in("detections WHERE category_name = 'sugar beet'"), 2100);
}

TEST_F(CategoryRepositoryTest, removes_none_that_annotations_use)
{
    mark(2);
    auto const refused = test::run(categories.remove(project.number, "id-1"));
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().message.find("2 annotations"), std::string::npos) << refused.error().message;
    EXPECT_TRUE(test::run(categories.remove(project.number, "id-2")));
    EXPECT_EQ(all().size(), 1U);
}

TEST_F(CategoryRepositoryTest, does_not_know_what_is_not_there)
{
    EXPECT_EQ(test::run(categories.remove(project.number, "id-9")).error().code, Errc::not_found);
    EXPECT_EQ(test::run(categories.change(project.number, category("id-9", "x"))).error().code, Errc::not_found);
    EXPECT_EQ(test::run(categories.add(99, category("id-9", "x"))).error().code, Errc::not_found);
}

} // namespace
} // namespace learning_loop::store
