#include "learning_loop/store/model_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

class ModelRepositoryTest : public StoreTest {
protected:
    Model add(std::string const& id, std::string const& format = "onnx")
    {
        auto model = *test::run(models.reserve(project, id, "comment"));
        EXPECT_TRUE(test::run(models.add_format(project, id, format, 5)));
        return model;
    }
};

TEST_F(ModelRepositoryTest, every_model_gets_the_next_major_version)
{
    EXPECT_EQ(add("a").version, "1.0");
    EXPECT_EQ(add("b").version, "2.0");
    auto const other = *test::run(projects.make(project_named("other")));
    EXPECT_EQ(test::run(models.reserve(other, "c", ""))->version, "1.0");
}

TEST_F(ModelRepositoryTest, a_model_is_listed_once_it_has_a_format)
{
    ASSERT_TRUE(test::run(models.reserve(project, "a", "")));
    EXPECT_TRUE(test::run(models.all(project))->empty());
    EXPECT_EQ(test::run(models.find(project, "a")).error().code, Errc::not_found);
    add("b", "onnx");
    ASSERT_TRUE(test::run(models.add_format(project, "b", "mocked", 1)));
    EXPECT_EQ(test::run(models.find(project, "b"))->formats, (std::vector<std::string>{"mocked", "onnx"}));
}

TEST_F(ModelRepositoryTest, an_id_is_taken_once_it_has_a_format)
{
    auto const first = *test::run(models.reserve(project, "a", ""));
    EXPECT_EQ(test::run(models.reserve(project, "a", ""))->version, first.version); // as after a crash
    ASSERT_TRUE(test::run(models.add_format(project, "a", "onnx", 1)));
    EXPECT_EQ(test::run(models.reserve(project, "a", "")).error().code, Errc::conflict);
}

TEST_F(ModelRepositoryTest, giving_up_frees_the_version_but_never_a_model_with_files)
{
    ASSERT_TRUE(test::run(models.reserve(project, "a", "")));
    ASSERT_TRUE(test::run(models.give_up("a")));
    EXPECT_EQ(add("b").version, "1.0");
    ASSERT_TRUE(test::run(models.give_up("b")));
    EXPECT_EQ(test::run(models.all(project))->size(), 1U);
}

TEST_F(ModelRepositoryTest, a_model_that_got_no_file_because_the_process_died_is_forgotten_at_the_start)
{
    add("kept");
    ASSERT_TRUE(test::run(models.reserve(project, "died", "")));
    auto const written = models.file_of(project, "died", "onnx");
    test::put(written, "the process died before it said so");
    test::put(models.file_of(project, "kept", "onnx"), "weights");

    DatabaseLanes restarted(folder / "test.db");
    ModelRepository again(restarted, folder / "models");
    EXPECT_FALSE(std::filesystem::exists(written.parent_path()));
    EXPECT_TRUE(std::filesystem::exists(again.file_of(project, "kept", "onnx")));
    EXPECT_EQ(test::run(again.all(project))->size(), 1U);
    EXPECT_EQ(test::run(again.reserve(project, "next", ""))->version, "2.0");
}

TEST_F(ModelRepositoryTest, the_target_is_a_model_of_the_project)
{
    EXPECT_EQ(test::run(models.target(project)).error().code, Errc::not_found);
    add("a");
    auto const other = *test::run(projects.make(project_named("other")));
    EXPECT_EQ(test::run(models.set_target(other, "a")).error().code, Errc::not_found);
    ASSERT_TRUE(test::run(models.set_target(project, "a")));
    EXPECT_EQ(test::run(models.target(project))->version, "1.0");
    EXPECT_EQ(test::run(models.set_target(project, "nothing")).error().code, Errc::not_found);
    EXPECT_EQ(test::run(models.target(project))->model_uuid, "a");
}

} // namespace
} // namespace learning_loop::store
