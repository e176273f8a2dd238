#include "learning_loop/store/model_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

class ModelRepositoryTest : public StoreTest {
protected:
    Model add(std::string const& id, std::string const& format = "onnx")
    {
        auto model = *test::run(models.reserve(project.number, id, "comment"));
        EXPECT_TRUE(test::run(models.add_format(project.number, id, format, 5)));
        return model;
    }
};

TEST_F(ModelRepositoryTest, every_model_gets_the_next_major_version)
{
    EXPECT_EQ(add("a").version, "1.0");
    EXPECT_EQ(add("b").version, "2.0");
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    EXPECT_EQ(test::run(models.reserve(other.number, "c", ""))->version, "1.0");
}

TEST_F(ModelRepositoryTest, a_model_is_listed_once_it_has_a_format)
{
    ASSERT_TRUE(test::run(models.reserve(project.number, "a", "")));
    EXPECT_TRUE(test::run(models.all(project.number))->empty());
    EXPECT_FALSE(test::run(models.find(project.number, "a")).value());
    add("b", "onnx");
    ASSERT_TRUE(test::run(models.add_format(project.number, "b", "mocked", 1)));
    EXPECT_EQ(test::run(models.find(project.number, "b")).value()->formats,
              (std::vector<std::string>{"mocked", "onnx"}));
}

TEST_F(ModelRepositoryTest, an_id_is_taken_once_it_has_a_format)
{
    auto const first = *test::run(models.reserve(project.number, "a", ""));
    EXPECT_EQ(test::run(models.reserve(project.number, "a", ""))->version, first.version); // as after a crash
    ASSERT_TRUE(test::run(models.add_format(project.number, "a", "onnx", 1)));
    EXPECT_EQ(test::run(models.reserve(project.number, "a", "")).error().code, Errc::conflict);
}

TEST_F(ModelRepositoryTest, giving_up_frees_the_version_but_never_a_model_with_files)
{
    ASSERT_TRUE(test::run(models.reserve(project.number, "a", "")));
    ASSERT_TRUE(test::run(models.give_up("a")));
    EXPECT_EQ(add("b").version, "1.0");
    ASSERT_TRUE(test::run(models.give_up("b")));
    EXPECT_EQ(test::run(models.all(project.number))->size(), 1U);
}

TEST_F(ModelRepositoryTest, a_model_that_got_no_file_because_the_process_died_is_forgotten_at_the_start)
{
    add("kept");
    ASSERT_TRUE(test::run(models.reserve(project.number, "died", "")));
    auto const written = models.file_of("demo", "field", "died", "onnx");
    test::put(written, "the process died before it said so");
    test::put(models.file_of("demo", "field", "kept", "onnx"), "weights");

    DatabaseLanes restarted(sqlite::open_sqlite(folder / "test.db"));
    ModelRepository again(restarted, folder / "models");
    EXPECT_FALSE(std::filesystem::exists(written.parent_path()));
    EXPECT_TRUE(std::filesystem::exists(again.file_of("demo", "field", "kept", "onnx")));
    EXPECT_EQ(test::run(again.all(project.number))->size(), 1U);
    EXPECT_EQ(test::run(again.reserve(project.number, "next", ""))->version, "2.0");
}

TEST_F(ModelRepositoryTest, the_target_is_a_model_of_the_project)
{
    EXPECT_FALSE(test::run(models.target(project.number)).value());
    add("a");
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    EXPECT_FALSE(test::run(models.set_target(other.number, "a")).value());
    EXPECT_EQ(test::run(models.set_target(project.number, "a")).value()->version, "1.0");
    EXPECT_EQ(test::run(models.target(project.number)).value()->version, "1.0");
    EXPECT_FALSE(test::run(models.set_target(project.number, "nothing")).value());
    EXPECT_EQ(test::run(models.target(project.number)).value()->model_uuid, "a");
}

} // namespace
} // namespace learning_loop::store
