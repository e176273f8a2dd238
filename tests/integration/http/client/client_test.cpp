#include "learning_loop/http/client/client.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/http/multipart.h"
#include "support/fault_proxy.h"
#include "support/raw_connection.h"
#include "support/run.h"
#include "support/running_server.h"
#include "support/temp_folder.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

constexpr std::uintmax_t any_bytes = 1 << 30;

/// /echo answers `METHOD path?query|Content-Type|body`; /with gives the status and header that the query names.
struct ClientTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    Router router;
    std::string received; ///< The last body of /files.
    std::string received_method;
    std::string received_type;
    test::RunningServer server{(add_routes(), router)};
    ClientOptions options = at(server.url());
    Client client{options};

    static ClientOptions at(std::string const& url)
    {
        ClientOptions options;
        options.base_url = url;
        return options;
    }

    Result<Answer> run(Task<Result<Answer>> call) { return io.run(std::move(call)); }
    Task<Result<Answer>> download(Client& from, std::string const& path, std::uintmax_t max_bytes = any_bytes)
    {
        DownloadOptions options;
        options.max_bytes = max_bytes;
        return from.download(path, folder / "a", std::move(options));
    }

    Task<> downloaded(Client& from, int number, int& answers)
    {
        DownloadOptions options;
        options.max_bytes = any_bytes;
        auto const answer = co_await from.download("/long", folder / std::to_string(number), std::move(options));
        answers += answer && answer->status == 200 ? 1 : 0;
    }

    void add_routes()
    {
        auto const echo = [](Request asked) -> Task<Result<Response>> {
            co_return text_response(asked.method + "|" + std::string(asked.content_type()) + "|" + asked.body);
        };
        router.add("GET", "/echo", echo);
        router.add("POST", "/echo", echo);
        router.add("GET", "/header/{name}", [](Request asked) -> Task<Result<Response>> {
            co_return text_response(std::string(asked.headers.find(asked.path_param("name")).value_or("none")));
        });
        router.add("GET", "/with/{status}/{name}/{value}", [](Request asked) -> Task<Result<Response>> {
            auto response = text_response("answer", std::stoi(asked.path_param("status")));
            response.headers.add(asked.path_param("name"), asked.path_param("value"));
            co_return response;
        });
        auto take = [this](Request asked) -> Task<Result<Response>> {
            received_method = asked.method;
            received_type = asked.content_type();
            received = std::move(asked.body);
            co_return text_response("OK");
        };
        router.add("POST", "/files", take).body_limit(8 << 20);
        router.add("PUT", "/files", take);
        router.add("GET", "/long",
                   [](Request) -> Task<Result<Response>> { co_return text_response(std::string(1'000'000, 'x')); });
    }
};

TEST_F(ClientTest, gets_an_answer)
{
    auto const answer = run(client.get("/echo"));
    EXPECT_EQ(answer.value().status, 200);
    EXPECT_EQ(answer->body, "GET||");
}

TEST_F(ClientTest, hands_on_any_status)
{
    EXPECT_EQ(run(client.get("/nothing")).value().status, 404);
    EXPECT_EQ(run(client.get("/nothing"))->body, R"({"detail":"Not Found"})");
}

TEST_F(ClientTest, posts_json)
{
    EXPECT_EQ(run(client.post_json("/echo", R"({"a": 1})")).value().body, R"(POST|application/json|{"a": 1})");
    EXPECT_EQ(run(client.get("/echo")).value().body, "GET||"); // nothing of it stays
}

TEST_F(ClientTest, posts_a_form_with_all_characters)
{
    auto const answer =
        run(client.post_form("/echo", {{"username", "a&b=c d+e"}, {"pass word", "\xc3\xa4%"}, {"empty", ""}}));
    EXPECT_EQ(answer.value().body,
              "POST|application/x-www-form-urlencoded|username=a%26b%3Dc%20d%2Be&pass%20word=%C3%A4%25&empty=");
    EXPECT_EQ(run(client.post_form("/echo", {})).value().body, "POST|application/x-www-form-urlencoded|");
}

TEST_F(ClientTest, posts_files_from_disk_byte_for_byte)
{
    std::string bytes(1'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i % 7 == 0 ? '\r' : i % 7 == 1 ? '\n' : i * 31);
    test::put(folder / "a.jpg", bytes);
    auto const answer = run(client.post_files(
        "/files", {{"files", "image_1.json", "text/plain; charset=utf-8", std::string("{\"a\":\"\\0\"}")},
                   {"files", "image_1.jpg", "image/jpeg", folder / "a.jpg"}}));
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

TEST_F(ClientTest, puts_files_as_it_posts_them)
{
    test::put(folder / "a.bin", "bytes");
    std::vector<FormPart> parts{{"files", "a.bin", "application/octet-stream", folder / "a.bin"}};
    auto const answer = run(client.put_files("/files", std::move(parts)));
    ASSERT_EQ(answer.value().status, 200);
    EXPECT_EQ(received_method, "PUT");
    auto const received_parts = parse_multipart(received_type, received);
    ASSERT_EQ(received_parts.value().size(), 1u);
    EXPECT_EQ(received_parts->at(0).file_name, "a.bin");
    EXPECT_EQ(received_parts->at(0).bytes, "bytes");
}

TEST_F(ClientTest, cannot_post_a_file_that_is_gone)
{
    auto const answer = run(client.post_files("/files", {{"files", "a.jpg", "image/jpeg", folder / "gone.jpg"}}));
    EXPECT_EQ(answer.error().code, Errc::not_found);
    EXPECT_TRUE(run(client.get("/echo")));
}

TEST_F(ClientTest, posts_no_file_that_a_link_names_and_waits_for_no_fifo)
{
    test::put(folder / "a.jpg", "a secret");
    std::filesystem::create_symlink("a.jpg", folder / "link");
    std::filesystem::create_directory(folder / "folder");
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    for (auto const* name : {"link", "folder", "fifo"}) {
        std::vector<FormPart> parts{{"files", "a.jpg", "image/jpeg", folder / name}};
        EXPECT_EQ(run(client.post_files("/files", std::move(parts))).error().code, Errc::not_found) << name;
    }
    EXPECT_EQ(received, "");
}

TEST_F(ClientTest, downloads_to_a_file)
{
    auto const answer = run(download(client, "/long"));
    EXPECT_EQ(answer.value().status, 200);
    EXPECT_EQ(answer->body, "");
    EXPECT_TRUE(test::bytes_of(folder / "a") == std::string(1'000'000, 'x'));
}

TEST_F(ClientTest, puts_no_error_page_into_a_download)
{
    auto const answer = run(download(client, "/nothing"));
    EXPECT_EQ(answer.value().status, 404);
    EXPECT_EQ(answer->body, R"({"detail":"Not Found"})");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(ClientTest, bounds_what_it_takes)
{
    auto const refused = run(download(client, "/long", 999'999));
    EXPECT_EQ(refused.error().code, Errc::too_large);
    EXPECT_EQ(refused.error().message, server.url() + "/long: the answer is longer than 999999 bytes");
    options.max_answer_bytes = 999'999;
    EXPECT_EQ(run(Client(options).get("/long")).error().code, Errc::too_large);
    options.max_answer_bytes = 1'000'000;
    EXPECT_EQ(run(Client(options).get("/long")).value().body.size(), 1'000'000u);
}

TEST_F(ClientTest, cannot_download_to_a_folder_that_is_not_there)
{
    auto const refused = run(client.download("/long", folder / "gone/a", DownloadOptions()));
    EXPECT_EQ(refused.error().message, (folder / "gone/a.part").string() + ": No such file or directory");
}

TEST_F(ClientTest, keeps_its_cookies)
{
    EXPECT_EQ(run(client.get("/header/cookie")).value().body, "none");
    ASSERT_TRUE(run(client.get("/with/200/Set-Cookie/session%3Dabc%3B%20Path%3D%2F%3B%20HttpOnly")));
    EXPECT_EQ(run(client.get("/header/cookie")).value().body, "session=abc");
    EXPECT_EQ(run(Client(options).get("/header/cookie")).value().body, "none");
}

TEST_F(ClientTest, sends_its_token)
{
    options.bearer_token = "secret";
    EXPECT_EQ(run(Client(options).get("/header/authorization")).value().body, "Bearer secret");
    EXPECT_EQ(run(client.get("/header/authorization")).value().body, "none");
}

TEST_F(ClientTest, sends_headers_that_are_empty_too)
{
    CallOptions more;
    more.headers.add("project", "");
    more.headers.add("organization", "o");
    EXPECT_EQ(run(client.get("/header/project", more)).value().body, "");
    EXPECT_EQ(run(client.get("/header/organization", more)).value().body, "o");
}

TEST_F(ClientTest, follows_no_redirect_but_says_where_it_points)
{
    auto const answer = run(client.get("/with/302/Location/%2Fecho"));
    EXPECT_EQ(answer.value().status, 302);
    EXPECT_EQ(answer->location, "/echo");
}

TEST_F(ClientTest, tells_the_cookies_of_a_path_to_others)
{
    EXPECT_EQ(client.cookies_for("/ws"), "");
    ASSERT_TRUE(run(client.get("/with/200/Set-Cookie/a%3D1%3B%20Path%3D%2F%3B%20HttpOnly")));
    ASSERT_TRUE(run(client.get("/with/200/Set-Cookie/b%3D2%3B%20Path%3D%2Fapi")));
    EXPECT_EQ(client.cookies_for("/ws"), "a=1");
    EXPECT_EQ(client.cookies_for("/apis"), "a=1");
    auto const both = client.cookies_for("/api/x");
    EXPECT_TRUE(both == "a=1; b=2" || both == "b=2; a=1") << both;
}

TEST_F(ClientTest, asks_many_things_at_once_on_few_connections)
{
    test::FaultProxy counts(server.port());
    options.base_url = counts.url();
    options.max_at_once = 4;
    Client few(options);
    int answers = 0;
    TaskGroup calls(io.executor());
    for (int i = 0; i < 20; ++i) calls.spawn("download", downloaded(few, i, answers));
    ASSERT_TRUE(io.run_until([&] { return answers == 20; }));
    io.run(calls.join());
    for (int i = 0; i < 20; ++i) EXPECT_EQ(std::filesystem::file_size(folder / std::to_string(i)), 1'000'000u);
    EXPECT_LE(counts.connections(), 4u);
}

TEST_F(ClientTest, reads_when_to_come_back)
{
    using std::chrono::seconds;
    EXPECT_EQ(run(client.get("/with/503/Retry-After/7")).value().retry_after, seconds(7));
    EXPECT_EQ(run(client.get("/with/200/retry-after/7")).value().retry_after, seconds(7));
    EXPECT_EQ(run(client.get("/with/503/Retry-After/99999")).value().retry_after, seconds(3600));
    EXPECT_EQ(run(client.get("/with/503/Retry-After/-5")).value().retry_after, seconds(0));
    EXPECT_EQ(
        run(client.get("/with/503/Retry-After/Wed%2C%2021%20Oct%202015%2007%3A28%3A00%20GMT")).value().retry_after,
        seconds(0));
    EXPECT_EQ(run(client.get("/with/503/Retry-After/soon")).value().retry_after, seconds(0));
    EXPECT_EQ(run(client.get("/with/503/Retry-After/100000000000000000000000")).value().retry_after, seconds(3600));
    EXPECT_EQ(run(client.get("/echo")).value().retry_after, seconds(0));
}

TEST_F(ClientTest, says_why_there_is_no_answer)
{
    test::ClosedPort const port;
    auto const url = "http://127.0.0.1:" + std::to_string(port.number());
    auto const answer = run(Client(at(url)).get("/echo"));
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_EQ(answer.error().message, url + "/echo: Couldn't connect to server");
}

TEST_F(ClientTest, speaks_http_only)
{
    test::put(folder / "secret", "x");
    EXPECT_EQ(run(Client(at("file://")).get((folder / "secret").string())).error().code, Errc::unavailable);
}

TEST_F(ClientTest, takes_half_an_answer_for_none)
{
    test::CannedServer const breaks_off("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    EXPECT_EQ(run(Client(at(breaks_off.url())).get("/")).error().code, Errc::unavailable);
}

TEST_F(ClientTest, takes_garbage_for_no_answer)
{
    test::CannedServer const garbage("SSH-2.0-OpenSSH\r\n");
    EXPECT_EQ(run(Client(at(garbage.url())).get("/")).error().code, Errc::unavailable);
}

} // namespace
} // namespace learning_loop::http
