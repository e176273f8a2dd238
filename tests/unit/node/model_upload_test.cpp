#include "learning_loop/node/model_upload.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using Outcome = ModelUpload::Outcome;

http::Answer answer(int status, std::string body = "because")
{
    http::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
}

TEST(ModelUpload, tells_what_became_of_the_model)
{
    EXPECT_EQ(read_model_upload(answer(200)).value().outcome, Outcome::stored);
    EXPECT_EQ(read_model_upload(answer(409)).value().outcome, Outcome::there_already);
    EXPECT_EQ(read_model_upload(answer(404)).value().outcome, Outcome::gone);
}

TEST(ModelUpload, tells_the_models_id_if_the_loop_does)
{
    std::string const id = "0f6c1b5e-0000-4000-8000-000000000001";
    auto const own = R"({"id":")" + id + R"(","version":"1.0"})";
    EXPECT_EQ(read_model_upload(answer(200, own)).value().id, id);
    EXPECT_EQ(read_model_upload(answer(409, R"({"detail":)" + own + "}")).value().id, id);
    for (auto const* body : {"", "because", "[]", "{}", R"({"id":null})", R"({"id":7})", R"({"id":"../x"})",
                             R"({"detail":"there"})", R"({"detail":{"id":{}}})"}) {
        EXPECT_FALSE(read_model_upload(answer(200, body)).value().id) << body;
        EXPECT_FALSE(read_model_upload(answer(409, body)).value().id) << body;
    }
    EXPECT_FALSE(read_model_upload(answer(409, own)).value().id); // that of what, it does not say
}

TEST(ModelUpload, tells_in_the_words_of_the_loop_what_would_be_refused_again)
{
    for (int const status : {400, 405, 410, 411, 413, 415, 422}) {
        auto const upload = read_model_upload(answer(status));
        ASSERT_TRUE(upload) << status;
        EXPECT_EQ(upload->outcome, Outcome::refused) << status;
        EXPECT_EQ(upload->reason, "model upload: the Loop answers " + std::to_string(status) + " because");
    }
}

TEST(ModelUpload, is_to_be_tried_again_after_any_other_answer)
{
    for (int const status : {201, 204, 301, 302, 307, 401, 403, 408, 425, 429, 500, 502, 503, 504, 507, 599})
        EXPECT_FALSE(read_model_upload(answer(status))) << status;
    EXPECT_EQ(read_model_upload(answer(403)).error().code, Errc::forbidden);
    EXPECT_EQ(read_model_upload(answer(507)).error().message, "model upload: the Loop answers 507 because");
}

} // namespace
} // namespace learning_loop
