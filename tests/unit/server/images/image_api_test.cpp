#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class ImageApiTest : public ServerTest {
protected:
    std::size_t count() { return json_of(get(project + "/data")).at("image_ids").as_array().size(); }

    std::string const project = empty_project();
    std::string const path = project + "/images";
};

TEST_F(ImageApiTest, answers_with_the_ids_of_what_is_kept)
{
    auto const answer = post_files(path, {{"image_" + key + "1.jpg", jpeg}, {"image_" + key + "2.jpg", gray}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(text_of(answer), R"({"images":[{"id":")" + key + R"(1"},{"id":")" + key + R"(2"}]})");
    EXPECT_EQ(count(), 2U);
}

TEST_F(ImageApiTest, keeps_nothing_of_a_request_with_one_wrong_part)
{
    EXPECT_EQ(post_files(path, {{"a.jpg", jpeg}, {"b.jpg", "no image"}}).status, 422);
    EXPECT_EQ(count(), 0U);
}

TEST_F(ImageApiTest, a_retry_is_a_success_and_adds_nothing)
{
    std::vector<std::pair<std::string, std::string>> const upload{{"a.json", R"({"tags": ["x"]})"}, {"a.jpg", jpeg}};
    auto const first = post_files(path, upload);
    auto const again = post_files(path, upload);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(text_of(again), text_of(first));
    EXPECT_EQ(count(), 1U);
}

TEST_F(ImageApiTest, the_same_key_twice_in_a_request_counts_once)
{
    auto const answer = post_files(path, {{key + "1.jpg", jpeg}, {"image_" + key + "1.jpg", jpeg}});
    EXPECT_EQ(json_of(answer).at("images").as_array().size(), 1U);
    EXPECT_EQ(count(), 1U);
}

TEST_F(ImageApiTest, a_key_with_another_body_is_a_conflict_that_names_the_part)
{
    ASSERT_EQ(post_files(path, {{"image_" + key + "1.jpg", jpeg}}).status, 200);
    auto const image = post_files(path, {{"image_" + key + "1.jpg", gray}});
    EXPECT_EQ(image.status, 409);
    EXPECT_NE(text_of(image).find("image_" + key + "1.jpg"), std::string::npos);
    auto const metadata =
        post_files(path, {{"image_" + key + "1.jpg", jpeg}, {"image_" + key + "1.json", R"({"tags": ["x"]})"}});
    EXPECT_EQ(metadata.status, 409);
    EXPECT_EQ(count(), 1U);
}

TEST_F(ImageApiTest, an_image_enters_in_the_state_that_it_asks_for)
{
    ASSERT_EQ(post_files(path, {{"a.jpg", jpeg}, {"a.json", R"({"state": "complete"})"}, {"b.jpg", gray}}).status, 200);
    EXPECT_EQ(json_of(get(project + "/data?state=complete")).at("image_ids").as_array().size(), 1U);
    EXPECT_EQ(json_of(get(project + "/data?state=inbox")).at("image_ids").as_array().size(), 1U);
}

TEST_F(ImageApiTest, an_unknown_project_is_404_with_the_remedy)
{
    auto const answer = post_files("/api/demo/projects/moon/images", {{"a.jpg", jpeg}});
    EXPECT_EQ(answer.status, 404);
    EXPECT_NE(text_of(answer).find("generator"), std::string::npos);
}

} // namespace
} // namespace learning_loop
