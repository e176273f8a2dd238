#include "learning_loop/archive/zip.h"

#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class ModelApiTest : public ServerTest {
protected:
    std::string add(std::string const& format, std::string const& weights = "weights")
    {
        auto const answer = post_files(project + "/models/" + format, {{"model.onnx", weights}});
        EXPECT_EQ(answer.status, 200);
        return std::string(json_of(answer).at("id").as_string());
    }

    http::Response remove(std::string const& id) { return ask("DELETE", project + "/models/" + id); }

    std::string const project = empty_project();
};

TEST_F(ModelApiTest, a_model_can_be_downloaded_with_its_description)
{
    auto const id = add("onnx");
    auto const answer = get(project + "/models/" + id + "/onnx/file");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "application/zip");
    EXPECT_EQ(answer.headers.find("Content-Disposition"), "attachment; filename=\"field_1.0_onnx.zip\"");
    auto const files = *read_zip(file_of(answer));
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0].bytes, "weights");
    auto const description = *parse_json(files[1].bytes, "the test");
    EXPECT_EQ(description.at("id"), boost::json::value(id));
    EXPECT_EQ(description.at("categories").at(0).at("name"), "purple box");
}

TEST_F(ModelApiTest, a_description_is_written_for_people)
{
    auto const files = *read_zip(file_of(get(project + "/models/" + add("mocked") + "/mocked/file")));
    EXPECT_NE(files[1].bytes.find("\n  \"format\": \"mocked\""), std::string::npos);
}

TEST_F(ModelApiTest, models_are_listed_and_filtered_by_format)
{
    add("onnx");
    add("mocked");
    auto const all = json_of(get(project + "/models")).at("models").as_array();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].at("version"), "1.0");
    EXPECT_EQ(all[1].at("version"), "2.0");
    EXPECT_EQ(all[0].at("host"), "http://127.0.0.1:8000");
    EXPECT_EQ(json_of(get(project + "/models?format=mocked")).at("models").at(0).at("version"), "2.0");
    EXPECT_EQ(text_of(get(project + "/models?format=other")), R"({"models":[]})");
}

TEST_F(ModelApiTest, the_tenth_version_stands_behind_the_second)
{
    for (int i = 0; i < 10; ++i) add("onnx", "weights " + std::to_string(i));
    auto const all = json_of(get(project + "/models")).at("models").as_array();
    EXPECT_EQ(all[1].at("version"), "2.0");
    EXPECT_EQ(all[9].at("version"), "10.0");
}

TEST_F(ModelApiTest, what_is_not_there_is_404)
{
    auto const id = add("onnx");
    EXPECT_EQ(get(project + "/models/" + id + "/mocked/file").status, 404);
    for (auto const* other : {"00000000-0000-0000-0000-000000000000", "12345678-bobo-0000", ";touch x;"}) {
        EXPECT_EQ(get(project + "/models/" + other + "/onnx/file").status, 404) << other;
        EXPECT_EQ(remove(other).status, 404) << other;
    }
    EXPECT_EQ(post_files("/api/demo/projects/moon/models/onnx", {{"model.onnx", "weights"}}).status, 404);
}

TEST_F(ModelApiTest, a_model_can_be_deleted_once)
{
    auto const id = add("onnx");
    EXPECT_EQ(text_of(remove(id)), R"({"id":")" + id + R"("})");
    EXPECT_EQ(remove(id).status, 404);
    EXPECT_EQ(get(project + "/models/" + id + "/onnx/file").status, 404);
    EXPECT_EQ(text_of(get(project + "/models")), R"({"models":[]})");
    EXPECT_NE(add("onnx"), id);
}

TEST_F(ModelApiTest, the_deployment_target_is_not_deleted)
{
    auto const id = add("onnx");
    ask("PUT", project + "/deployment/target", R"({"model_uuid": ")" + id + R"("})");
    auto const answer = remove(id);
    EXPECT_EQ(answer.status, 409);
    EXPECT_NE(text_of(answer).find("deployment target"), std::string::npos);
    EXPECT_EQ(get(project + "/models/" + id + "/onnx/file").status, 200);
}

} // namespace
} // namespace learning_loop
