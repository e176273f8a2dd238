#include "learning_loop/net/http/client.h"

#include "learning_loop/net/http/multipart.h"
#include "support/raw_connection.h"
#include "support/running_server.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>

namespace learning_loop::http {
namespace {

constexpr std::uintmax_t any_bytes = 1 << 30;

/// /echo answers `METHOD path?query|Content-Type|body`; /with gives the status and header that the query names.
struct ClientTest : testing::Test {
    test::TempFolder folder;
    Router router;
    Lane waiting{"waiting", 10};
    std::latch in_hand{1};
    std::latch go_on{1};
    std::string received; ///< The last body of /files.
    std::string received_type;
    test::RunningServer server{(add_routes(), router)};
    ClientSettings settings = at(server.url());
    Client client{settings};

    static ClientSettings at(std::string const& url)
    {
        ClientSettings settings;
        settings.base_url = url;
        return settings;
    }

    ~ClientTest() override
    {
        if (!go_on.try_wait()) go_on.count_down();
    }

    void add_routes()
    {
        auto const echo = [](Request asked) -> Task<Result<Response>> {
            co_return text_response(asked.method + "|" + std::string(asked.content_type()) + "|" + asked.body);
        };
        router.add("GET", "/echo", echo);
        router.add("POST", "/echo", echo);
        router.add("GET", "/header/{name}", [](Request asked) -> Task<Result<Response>> {
            co_return text_response(std::string(asked.headers.find(asked.place("name")).value_or("none")));
        });
        router.add("GET", "/with/{status}/{name}/{value}", [](Request asked) -> Task<Result<Response>> {
            auto response = text_response("answer", std::stoi(asked.place("status")));
            response.headers.add(asked.place("name"), asked.place("value"));
            co_return response;
        });
        auto take = [this](Request asked) -> Task<Result<Response>> {
            received_type = asked.content_type();
            received = std::move(asked.body);
            co_return text_response("OK");
        };
        router.add("POST", "/files", take).takes_at_most(8 << 20);
        router.add("GET", "/long",
                   [](Request) -> Task<Result<Response>> { co_return text_response(std::string(1'000'000, 'x')); });
        router.add("GET", "/never", [this](Request) -> Task<Result<Response>> {
            auto wait = [this]() -> Result<int> {
                in_hand.count_down();
                go_on.wait();
                return 0;
            };
            co_await waiting.run(std::move(wait));
            co_return text_response("too late");
        });
    }
};

TEST_F(ClientTest, gets_an_answer)
{
    auto const answer = client.get("/echo");
    EXPECT_EQ(answer.value().status, 200);
    EXPECT_EQ(answer->body, "GET||");
}

TEST_F(ClientTest, hands_on_any_status)
{
    EXPECT_EQ(client.get("/nothing").value().status, 404);
    EXPECT_EQ(client.get("/nothing")->body, R"({"detail":"Not Found"})");
}

TEST_F(ClientTest, posts_json)
{
    EXPECT_EQ(client.post_json("/echo", R"({"a": 1})").value().body, R"(POST|application/json|{"a": 1})");
    EXPECT_EQ(client.get("/echo").value().body, "GET||"); // nothing of it stays
}

TEST_F(ClientTest, posts_a_form_with_all_characters)
{
    auto const answer =
        client.post_form("/echo", {{"username", "a&b=c d+e"}, {"pass word", "\xc3\xa4%"}, {"empty", ""}});
    EXPECT_EQ(answer.value().body,
              "POST|application/x-www-form-urlencoded|username=a%26b%3Dc%20d%2Be&pass%20word=%C3%A4%25&empty=");
    EXPECT_EQ(client.post_form("/echo", {}).value().body, "POST|application/x-www-form-urlencoded|");
}

TEST_F(ClientTest, posts_files_from_disk_byte_for_byte)
{
    std::string bytes(1'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i % 7 == 0 ? '\r' : i % 7 == 1 ? '\n' : i * 31);
    test::put(folder / "a.jpg", bytes);
    auto const answer = client.post_files(
        "/files", {{"files", "image_1.json", "text/plain; charset=utf-8", std::string("{\"a\":\"\\0\"}")},
                   {"files", "image_1.jpg", "image/jpeg", folder / "a.jpg"}});
    ASSERT_EQ(answer.value().status, 200);
    auto const parts = parse_multipart(received_type, received);
    ASSERT_EQ(parts.value().size(), 2u);
    EXPECT_EQ(parts->at(0).file_name, "image_1.json");
    EXPECT_EQ(parts->at(0).content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(parts->at(0).bytes, "{\"a\":\"\\0\"}");
    EXPECT_EQ(parts->at(1).name, "files");
    EXPECT_EQ(parts->at(1).content_type, "image/jpeg");
    EXPECT_TRUE(parts->at(1).bytes == bytes);
}

TEST_F(ClientTest, cannot_post_a_file_that_is_gone)
{
    auto const answer = client.post_files("/files", {{"files", "a.jpg", "image/jpeg", folder / "gone.jpg"}});
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_TRUE(client.get("/echo"));
}

TEST_F(ClientTest, downloads_to_a_file)
{
    auto const answer = client.download("/long", folder / "a", any_bytes);
    EXPECT_EQ(answer.value().status, 200);
    EXPECT_EQ(answer->body, "");
    EXPECT_TRUE(test::bytes_of(folder / "a") == std::string(1'000'000, 'x'));
}

TEST_F(ClientTest, puts_no_error_page_into_a_download)
{
    auto const answer = client.download("/nothing", folder / "a", any_bytes);
    EXPECT_EQ(answer.value().status, 404);
    EXPECT_EQ(answer->body, R"({"detail":"Not Found"})");
    EXPECT_EQ(test::bytes_of(folder / "a"), "");
}

TEST_F(ClientTest, bounds_what_it_takes)
{
    auto const download = client.download("/long", folder / "a", 999'999);
    EXPECT_EQ(download.error().code, Errc::too_large);
    EXPECT_EQ(download.error().message, server.url() + "/long: the answer is longer than 999999 bytes");
    settings.most_answer_bytes = 999'999;
    EXPECT_EQ(Client(settings).get("/long").error().code, Errc::too_large);
    settings.most_answer_bytes = 1'000'000;
    EXPECT_EQ(Client(settings).get("/long").value().body.size(), 1'000'000u);
}

TEST_F(ClientTest, cannot_download_to_a_folder_that_is_not_there)
{
    EXPECT_EQ(client.download("/long", folder / "gone/a", any_bytes).error().code, Errc::out_of_space);
}

TEST_F(ClientTest, keeps_its_cookies)
{
    EXPECT_EQ(client.get("/header/cookie").value().body, "none");
    ASSERT_TRUE(client.get("/with/200/Set-Cookie/session%3Dabc%3B%20Path%3D%2F%3B%20HttpOnly"));
    EXPECT_EQ(client.get("/header/cookie").value().body, "session=abc");
    EXPECT_EQ(Client(settings).get("/header/cookie").value().body, "none");
}

TEST_F(ClientTest, sends_its_token)
{
    settings.bearer_token = "secret";
    EXPECT_EQ(Client(settings).get("/header/authorization").value().body, "Bearer secret");
    EXPECT_EQ(client.get("/header/authorization").value().body, "none");
}

TEST_F(ClientTest, follows_no_redirect)
{
    EXPECT_EQ(client.get("/with/302/Location/%2Fecho").value().status, 302);
}

TEST_F(ClientTest, reads_when_to_come_back)
{
    using std::chrono::seconds;
    EXPECT_EQ(client.get("/with/503/Retry-After/7").value().retry_after, seconds(7));
    EXPECT_EQ(client.get("/with/200/retry-after/7").value().retry_after, seconds(7));
    EXPECT_EQ(client.get("/with/503/Retry-After/99999").value().retry_after, seconds(3600));
    EXPECT_EQ(client.get("/with/503/Retry-After/-5").value().retry_after, seconds(0));
    EXPECT_EQ(client.get("/with/503/Retry-After/Wed%2C%2021%20Oct%202015%2007%3A28%3A00%20GMT").value().retry_after,
              seconds(0));
    EXPECT_EQ(client.get("/echo").value().retry_after, seconds(0));
}

TEST_F(ClientTest, is_cancelled_from_another_thread_until_it_is_allowed_again)
{
    auto waits = std::async(std::launch::async, [&] { return client.get("/never"); });
    in_hand.wait();
    client.cancel();
    auto const answer = waits.get();
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_EQ(client.get("/echo").error().code, Errc::unavailable);
    client.allow();
    EXPECT_EQ(client.get("/echo").value().status, 200);
}

TEST_F(ClientTest, says_why_there_is_no_answer)
{
    test::ClosedPort const port;
    auto const url = "http://127.0.0.1:" + std::to_string(port.number());
    auto const answer = Client(at(url)).get("/echo");
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_EQ(answer.error().message, url + "/echo: Couldn't connect to server");
}

TEST_F(ClientTest, speaks_http_only)
{
    test::put(folder / "secret", "x");
    EXPECT_EQ(Client(at("file://")).get((folder / "secret").string()).error().code, Errc::unavailable);
}

TEST_F(ClientTest, takes_half_an_answer_for_none)
{
    test::CannedServer const breaks_off("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    EXPECT_EQ(Client(at(breaks_off.url())).get("/").error().code, Errc::unavailable);
    test::CannedServer const again("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    EXPECT_EQ(Client(at(again.url())).download("/", folder / "a", any_bytes).error().code, Errc::unavailable);
}

TEST_F(ClientTest, takes_garbage_for_no_answer)
{
    test::CannedServer const garbage("SSH-2.0-OpenSSH\r\n");
    EXPECT_EQ(Client(at(garbage.url())).get("/").error().code, Errc::unavailable);
}

} // namespace
} // namespace learning_loop::http
