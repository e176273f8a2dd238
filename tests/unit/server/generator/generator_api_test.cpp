#include "learning_loop/archive/zip.h"

#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

constexpr auto small =
    R"({"project_name": "Tiny", "image_style": "plain", "complete": 3, "inbox": 1,
    "box_categories": 2, "trainings": 1})";

class GeneratorApiTest : public ServerTest {
protected:
    boost::json::array ids() { return json_of(get("/api/demo/projects/tiny/data")).at("image_ids").as_array(); }
};

TEST_F(GeneratorApiTest, makes_the_project_that_was_asked_for)
{
    auto const answer = generate(small);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(text_of(answer), R"({"organization_id":"demo","project_id":"tiny","image_count":4})");
    auto const counts = json_of(get("/api/demo/projects/tiny")).at("image_counts");
    EXPECT_EQ(counts.at("complete"), 3);
    EXPECT_EQ(counts.at("inbox"), 1);
}

TEST_F(GeneratorApiTest, the_same_request_again_changes_nothing)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const before = ids();
    EXPECT_EQ(generate(small).status, 200);
    EXPECT_EQ(ids(), before);
    EXPECT_EQ(json_of(get("/api/demo/projects/tiny/models")).at("models").as_array().size(), 1U);
}

TEST_F(GeneratorApiTest, goes_on_where_it_was_interrupted)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const before = ids();
    run_sql("DELETE FROM annotations WHERE image = 2; DELETE FROM images WHERE number = 2;");
    ASSERT_EQ(ids().size(), 3U);
    EXPECT_EQ(generate(small).status, 200);
    EXPECT_EQ(ids().size(), 4U);
    EXPECT_EQ(ids().back(), before[1]); // it came last this time
}

TEST_F(GeneratorApiTest, other_parameters_for_a_project_that_exists_are_a_conflict)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const answer = generate(R"({"project_name": "tiny", "image_style": "plain", "complete": 4})");
    EXPECT_EQ(answer.status, 409);
    EXPECT_NE(text_of(answer).find("project_name"), std::string::npos);
}

TEST_F(GeneratorApiTest, a_wrong_request_is_422_and_makes_nothing)
{
    EXPECT_EQ(generate(R"({"complete": 3})").status, 422);
    EXPECT_EQ(generate(R"({"project_name": "tiny", "complete": -3})").status, 422);
    EXPECT_EQ(generate("no JSON").status, 422);
    EXPECT_EQ(ask("POST", "/api/Demo/projects/generator", small).status, 422);
    EXPECT_EQ(text_of(get("/api/projects")), R"({"projects":[]})");
}

TEST_F(GeneratorApiTest, a_training_leaves_a_mocked_model)
{
    ASSERT_EQ(generate(small).status, 200);
    auto const model = json_of(get("/api/demo/projects/tiny/models?format=mocked")).at("models").at(0);
    EXPECT_EQ(model.at("version"), "1.0");
    auto const id = std::string(model.at("id").as_string());
    auto const zip = *read_zip(file_of(get("/api/demo/projects/tiny/models/" + id + "/mocked/file")));
    ASSERT_EQ(zip.size(), 3U);
    EXPECT_EQ(zip[0].name, "file_1.txt");
    EXPECT_EQ(zip[0].bytes, "content of file one");
    EXPECT_NE(zip[2].bytes.find(R"("format": "mocked")"), std::string::npos);
}

} // namespace
} // namespace learning_loop
