#include "learning_loop/archive/zip.h"

#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class ModelUploadApiTest : public ServerTest {
protected:
    using Files = std::vector<std::pair<std::string, std::string>>;

    http::Response send(std::string const& method, std::string const& path, Files const& files,
                        http::Headers headers = {})
    {
        headers.add("Content-Type", test::multipart_type);
        return ask(method, project + path, test::multipart_body(files), std::move(headers));
    }
    http::Response post(std::string const& path, std::string const& weights, http::Headers headers = {})
    {
        return send("POST", path, {{"model.onnx", weights}}, std::move(headers));
    }
    http::Response put(std::string const& id, std::string const& format, std::string const& weights)
    {
        return send("PUT", "/models/" + id + "/" + format + "/file", {{"model.onnx", weights}});
    }

    static std::string id_in(http::Response const& answer)
    {
        EXPECT_EQ(answer.status, 200) << text_of(answer);
        return std::string(json_of(answer).at("id").as_string());
    }
    static std::string version_in(http::Response const& answer)
    {
        EXPECT_EQ(answer.status, 200) << text_of(answer);
        return std::string(json_of(answer).at("version").as_string());
    }

    std::string const project = empty_project();
};

TEST_F(ModelUploadApiTest, a_model_comes_in_on_the_long_and_on_the_short_path)
{
    auto const answer = post("/models/onnx", "first");
    EXPECT_EQ(version_in(answer), "1.0");
    EXPECT_TRUE(json_of(answer).at("remarks").as_array().empty());
    EXPECT_EQ(version_in(post("/format_a", "second")), "2.0");
    EXPECT_EQ(json_of(get(project + "/models?format=format_a")).at("models").as_array().size(), 1U);
}

TEST_F(ModelUploadApiTest, a_format_named_like_a_resource_is_refused_on_both_paths)
{
    for (auto const* format : {"data", "latest", "trainings", "categories", "file", "deployment"}) {
        for (auto const& path : {"/" + std::string(format), "/models/" + std::string(format)}) {
            auto const answer = post(path, "weights");
            EXPECT_EQ(answer.status, 422) << path << text_of(answer);
            bool const is_taken = path == "/categories" || path == "/trainings"; // whose own routes answer
            EXPECT_EQ(text_of(answer).find("choose another one") == std::string::npos, is_taken) << path;
        }
    }
    auto const id = id_in(post("/models/onnx", "weights"));
    EXPECT_EQ(put(id, "images", "weights").status, 422);
}

TEST_F(ModelUploadApiTest, the_short_path_takes_nothing_from_others)
{
    EXPECT_EQ(post_files(project + "/images", {{"a.jpg", jpeg}}).status, 200);
    EXPECT_EQ(ask("POST", project + "/detectors", "{}").status, 422); // a report without its fields
    EXPECT_EQ(ask("PUT", project + "/onnx", "{}").status, 405);
}

TEST_F(ModelUploadApiTest, the_same_upload_again_is_the_same_model)
{
    auto const first = post("/models/onnx", "weights");
    EXPECT_EQ(text_of(post("/models/onnx", "weights")), text_of(first));
    EXPECT_EQ(text_of(post("/onnx", "weights")), text_of(first));
    EXPECT_NE(id_in(post("/models/mocked", "weights")), id_in(first));
    EXPECT_EQ(json_of(get(project + "/models")).at("models").as_array().size(), 2U);
}

TEST_F(ModelUploadApiTest, a_key_stands_for_one_upload)
{
    http::Headers const same_key{{"Idempotency-Key", "k-1"}};
    auto const first = post("/models/onnx", "weights", same_key);
    EXPECT_EQ(text_of(post("/models/onnx", "weights", same_key)), text_of(first));
    auto const other = post("/models/onnx", "other", same_key);
    EXPECT_EQ(other.status, 409);
    EXPECT_NE(text_of(other).find("Idempotency-Key"), std::string::npos);
    EXPECT_EQ(post("/models/onnx", "weights", {{"Idempotency-Key", std::string(300, 'k')}}).status, 422);
    EXPECT_EQ(json_of(get(project + "/models")).at("models").as_array().size(), 1U);
}

TEST_F(ModelUploadApiTest, a_model_that_continues_one_is_its_next_minor_version)
{
    auto const parent = id_in(post("/models/onnx", "parent"));
    EXPECT_EQ(version_in(post("/models/onnx?parent=" + parent, "child")), "1.1");
    EXPECT_EQ(version_in(post("/onnx?parent=" + parent, "another")), "1.2");
    EXPECT_EQ(version_in(post("/models/onnx", "new")), "2.0");
    for (auto const* unknown : {"nothing", "..", "00000000-0000-0000-0000-000000000000", ""}) {
        auto const refused = post("/models/onnx?parent=" + std::string(unknown), "x");
        EXPECT_EQ(refused.status, 422) << unknown;
        EXPECT_NE(text_of(refused).find("parent"), std::string::npos);
    }
}

TEST_F(ModelUploadApiTest, a_parent_of_files_that_are_there_already_is_told_not_to_be_taken)
{
    auto const first = id_in(post("/models/onnx", "weights"));
    auto const parent = id_in(post("/models/onnx", "parent"));
    auto const again = post("/models/onnx?parent=" + parent, "weights");
    EXPECT_EQ(id_in(again), first);
    ASSERT_EQ(json_of(again).at("remarks").as_array().size(), 1U) << text_of(again);
    EXPECT_NE(text_of(again).find("parent: is not taken"), std::string::npos) << text_of(again);
    post("/models/onnx?parent=" + parent, "child");
    auto const child = post("/models/onnx?parent=" + parent, "child");
    EXPECT_TRUE(json_of(child).at("remarks").as_array().empty()) << text_of(child);
}

TEST_F(ModelUploadApiTest, a_path_without_the_format_is_told_what_is_missing)
{
    auto const refused = post("/models", "weights");
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(text_of(refused).find("POST /api/demo/projects/field/models/{format}"), std::string::npos)
        << text_of(refused);
}

TEST_F(ModelUploadApiTest, a_converter_adds_a_format)
{
    auto const first = post("/models/onnx", "weights");
    auto const id = id_in(first);
    auto const added = put(id, "tensorrt", "engine");
    EXPECT_EQ(text_of(added), text_of(first));
    EXPECT_EQ(text_of(put(id, "tensorrt", "engine")), text_of(first));
    auto const files = *read_zip(file_of(get(project + "/models/" + id + "/tensorrt/file")));
    EXPECT_EQ(files[0].bytes, "engine");
    EXPECT_EQ(json_of(get(project + "/models")).at("models").at(0).at("formats").as_array().size(), 2U);
}

TEST_F(ModelUploadApiTest, other_files_in_a_format_are_409_with_the_id)
{
    auto const id = id_in(post("/models/onnx", "weights"));
    auto const answer = put(id, "onnx", "other");
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(json_of(answer).at("detail").at("id"), boost::json::value(id));
    EXPECT_FALSE(json_of(answer).at("detail").at("message").as_string().empty());
    EXPECT_EQ((*read_zip(file_of(get(project + "/models/" + id + "/onnx/file"))))[0].bytes, "weights");
}

TEST_F(ModelUploadApiTest, a_format_for_a_model_that_there_is_not_is_404)
{
    for (auto const* id : {"12345678-bobo-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000", "x"})
        EXPECT_EQ(put(id, "onnx", "weights").status, 404) << id;
}

TEST_F(ModelUploadApiTest, what_was_mended_is_told)
{
    auto const answer = send("POST", "/models/onnx", {{"model.onnx", "w"}, {"model.json", R"({"resolution": "640"})"}});
    EXPECT_EQ(json_of(answer).at("remarks").as_array().size(), 1U) << text_of(answer);
}

TEST_F(ModelUploadApiTest, a_refused_model_leaves_no_trace)
{
    EXPECT_EQ(send("POST", "/models/onnx", {{"model.json", "no JSON"}}).status, 422);
    EXPECT_EQ(send("POST", "/models/onnx", {{"../model.onnx", "weights"}}).status, 422);
    EXPECT_EQ(send("POST", "/models/onnx", {}).status, 422);
    for (auto const* format : {".hidden", "%3Btouch%20x%3B", "%24%28id%29", "a%0Ab", "%20"})
        EXPECT_EQ(post("/models/" + std::string(format), "weights").status, 422) << format;
    EXPECT_EQ(post("/models/" + std::string(300, 'f'), "weights").status, 422);
    for (auto const* path : {"/models/..", "/models/%2e%2e", "/models/a%00b"})
        EXPECT_EQ(post(path, "weights").status, 400) << path;
    EXPECT_EQ(text_of(get(project + "/models")), R"({"models":[]})");
    EXPECT_EQ(version_in(post("/models/onnx", "weights")), "1.0");
}

} // namespace
} // namespace learning_loop
