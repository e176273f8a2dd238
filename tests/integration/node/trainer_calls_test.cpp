#include "learning_loop/node/loop_client.h"

#include "support/raw_connection.h"
#include "support/run.h"
#include "support/scripted_server.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

constexpr auto* first_id = "0f6c1b5e-0000-4000-8000-000000000001";
constexpr auto* second_id = "0f6c1b5e-0000-4000-8000-000000000002";

struct TrainerCallsTest : testing::Test {
    test::Io io;
    test::TempFolder folder;

    /// What the call of a node of this Loop returns.
    template <class Call>
    auto ask(test::ScriptedServer const& loop, Call call)
    {
        return ask_at(loop.url(), call);
    }
    template <class Call>
    auto ask_at(std::string const& url, Call call)
    {
        NodeSettings settings;
        settings.loop_host = url;
        LoopSession session(io.executor(), settings);
        LoopClient client(session, {"zauberzeug", "demo"});
        return io.run(call(client));
    }
    static test::Act answer(int status, std::string const& body = "x") { return {test::http_answer(status, body)}; }
    static std::string first_line(test::ScriptedServer const& loop)
    {
        auto const request = loop.requests().at(0);
        return request.substr(0, request.find("\r\n"));
    }
    static auto upload(std::filesystem::path const& file)
    {
        return [file](LoopClient& client) {
            std::vector<http::FormPart> parts{{"files", "b.bin", "application/octet-stream", file}};
            return client.upload_trained_model(7, "yolo.v5", std::move(parts));
        };
    }
};

TEST_F(TrainerCallsTest, lists_a_hundred_thousand_images)
{
    std::string body = R"({"image_ids":[)";
    for (int i = 0; i < 100'000; ++i) {
        auto const digits = std::to_string(1'000'000 + i);
        body += (i == 0 ? "\"" : ",\"") + ("0f6c1b5e-0000-4000-8000-00000" + digits) + '"';
    }
    test::ScriptedServer const loop({answer(200, body + "]}")});
    auto const ids = ask(loop, [](auto& client) { return client.fetch_image_ids(ImageState::complete); });
    ASSERT_EQ(ids.value().size(), 100'000u);
    EXPECT_EQ(ids->back(), "0f6c1b5e-0000-4000-8000-000001099999");
    EXPECT_EQ(first_line(loop), "GET /api/zauberzeug/projects/demo/data?state=complete HTTP/1.1");
}

TEST_F(TrainerCallsTest, asks_for_the_rows_of_images)
{
    test::ScriptedServer const loop(
        {answer(200, std::string(R"({"images":[{"id":")") + second_id + R"(","set":"val","width":4,"height":3}]})")});
    auto const images = ask(loop, [](auto& client) { return client.fetch_training_images({first_id, second_id}); });
    ASSERT_EQ(images.value().size(), 1u);
    EXPECT_EQ(images->front().set, ImageSet::val);
    EXPECT_EQ(first_line(loop),
              "GET /api/zauberzeug/projects/demo/images?ids=" + std::string(first_id) + "," + second_id + " HTTP/1.1");
}

TEST_F(TrainerCallsTest, downloads_an_image_into_memory)
{
    test::ScriptedServer const loop({answer(200, std::string("\xff\xd8\0x", 4))});
    auto const bytes = ask(loop, [](auto& client) { return client.download_image(first_id); });
    EXPECT_EQ(bytes.value(), std::string("\xff\xd8\0x", 4));
    EXPECT_EQ(first_line(loop), "GET /api/zauberzeug/projects/demo/images/" + std::string(first_id) + "/main HTTP/1.1");
}

TEST_F(TrainerCallsTest, takes_no_image_above_64_mib)
{
    test::ScriptedServer const loop(
        {{"HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n", test::Act::Then::closes, 67'108'865}});
    auto const bytes = ask(loop, [](auto& client) { return client.download_image(first_id); });
    EXPECT_EQ(bytes.error().code, Errc::too_large);
}

TEST_F(TrainerCallsTest, tells_an_image_that_is_not_there_from_one_that_may_come_later)
{
    auto const download = [](auto& client) { return client.download_image(first_id); };
    EXPECT_EQ(ask(test::ScriptedServer({answer(404)}), download).error().code, Errc::not_found);
    for (int const status : {201, 204, 302, 400, 408, 410, 429, 500, 503})
        EXPECT_EQ(ask(test::ScriptedServer({answer(status)}), download).error().code, Errc::unavailable) << status;
    test::ScriptedServer const cut({{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", test::Act::Then::closes}});
    EXPECT_EQ(ask(cut, download).error().code, Errc::unavailable);
}

TEST_F(TrainerCallsTest, uploads_the_model_of_a_trainings_newest_result)
{
    test::put(folder / "made", "bytes");
    test::ScriptedServer const loop({answer(200, std::string(R"({"id":")") + first_id + R"("})")});
    auto const stored = ask(loop, upload(folder / "made"));
    EXPECT_EQ(stored.value().outcome, ModelUpload::Outcome::stored);
    EXPECT_EQ(stored->id, first_id);
    EXPECT_EQ(first_line(loop), "PUT /api/zauberzeug/projects/demo/trainings/7/models/latest/yolo.v5/file HTTP/1.1");

    test::ScriptedServer const has_it({answer(409, std::string(R"({"detail":{"id":")") + first_id + R"("}})")});
    auto const there = ask(has_it, upload(folder / "made"));
    EXPECT_EQ(there.value().outcome, ModelUpload::Outcome::there_already);
    EXPECT_EQ(there->id, first_id);
}

TEST_F(TrainerCallsTest, gives_a_trained_model_up_only_where_it_is_refused_for_good)
{
    test::put(folder / "made", "bytes");
    for (int const status : {400, 403, 404, 413, 422, 425})
        EXPECT_TRUE(ask(test::ScriptedServer({answer(status)}), upload(folder / "made"))) << status;
    for (int const status : {201, 302, 401, 408, 429, 500, 502, 503, 504, 507, 599})
        EXPECT_FALSE(ask(test::ScriptedServer({answer(status), answer(200), answer(status)}), upload(folder / "made")))
            << status;
}

TEST_F(TrainerCallsTest, tells_detections_that_are_refused_for_good_from_those_to_be_sent_again)
{
    auto const send = [](auto& client) { return client.upload_detections("[]"); };
    test::ScriptedServer const loop({answer(200, "")});
    EXPECT_TRUE(ask(loop, send));
    EXPECT_EQ(first_line(loop), "POST /api/zauberzeug/projects/demo/detections HTTP/1.1");
    for (int const status : {400, 404, 409, 410, 411, 413, 415, 422})
        EXPECT_EQ(ask(test::ScriptedServer({answer(status)}), send).error().code, Errc::unprocessable) << status;
    for (int const status : {201, 204, 301, 302, 403, 408, 425, 429, 500, 502, 503, 504, 507, 599})
        EXPECT_NE(ask(test::ScriptedServer({answer(status)}), send).error().code, Errc::unprocessable) << status;
}

TEST_F(TrainerCallsTest, say_that_the_loop_is_away)
{
    test::ClosedPort const port;
    auto const url = "http://127.0.0.1:" + std::to_string(port.number());
    auto const list = [](auto& client) { return client.fetch_image_ids(ImageState::inbox); };
    auto const send = [](auto& client) { return client.upload_detections("[]"); };
    EXPECT_EQ(ask_at(url, list).error().code, Errc::unavailable);
    EXPECT_EQ(ask_at(url, send).error().code, Errc::unavailable);
}

} // namespace
} // namespace learning_loop
