#include "integration/http/client/client_fixture.h"
#include "support/running_server.h"

namespace learning_loop::http {
namespace {

std::string text_of_size(std::size_t bytes)
{
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>('a' + (i * 31 + i / 1000) % 26);
    return text;
}

/// Our own server, which knows ranges, with one file of 5 MB, behind a proxy that cuts.
struct HttpClientDownload : HttpClient {
    test::TempFolder served;
    Router router;
    test::RunningServer our_server{(add_routes(), router)};
    test::FaultProxy proxy{our_server.port()};
    std::string bytes = text_of_size(5'000'000);

    void add_routes()
    {
        router.add("GET", "/file", [this](Request) -> Task<Result<Response>> {
            Response response;
            response.body = FileBody{served / "file", ""};
            co_return response;
        });
    }
    HttpClientDownload() { test::put(served / "file", bytes); }
    void cut_next(std::uint64_t after_bytes, bool resets = true)
    {
        test::Faults faults;
        faults.cut_down_after = after_bytes;
        faults.resets = resets;
        proxy.spoil_next(faults);
    }
};

TEST_F(HttpClientDownload, resumes_what_broke_off)
{
    cut_next(2'500'000, false);
    EXPECT_EQ(download(proxy.url()).value().status, 200);
    EXPECT_TRUE(got() == bytes);
    EXPECT_EQ(proxy.connections(), 2u);
    EXPECT_LT(proxy.bytes_down(), bytes.size() + 10'000); // nothing came twice
}

TEST_F(HttpClientDownload, goes_on_as_long_as_something_comes)
{
    for (int i = 0; i < 10; ++i) cut_next(400'000, i % 2 == 0);
    EXPECT_EQ(download(proxy.url()).value().status, 200);
    EXPECT_TRUE(got() == bytes);
    EXPECT_EQ(proxy.connections(), 11u);
}

TEST_F(HttpClientDownload, gives_up_when_nothing_more_comes)
{
    cut_next(400'000);
    for (int i = 0; i < 100; ++i) cut_next(0);
    EXPECT_EQ(download(proxy.url()).error().code, Errc::unavailable);
    EXPECT_EQ(proxy.connections(), 5u);
    EXPECT_TRUE(nothing_is_left());
}

TEST_F(HttpClientDownload, waits_while_the_server_restarts)
{
    test::ScriptedServer const server(
        {{"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 10\r\n\r\nhello", Then::resets},
         {http_answer(503, "wait")},
         {"HTTP/1.1 206 Rest\r\nETag: \"a\"\r\nContent-Range: bytes 5-9/10\r\n"
          "Content-Length: 5\r\n\r\nworld"}});
    EXPECT_EQ(download(server.url()).value().status, 200);
    EXPECT_EQ(got(), "helloworld");
    EXPECT_NE(server.requests().at(2).find("Range: bytes=5-\r\nIf-Range: \"a\"\r\n"), std::string::npos);
}

TEST_F(HttpClientDownload, begins_anew_when_the_file_has_changed)
{
    test::ScriptedServer const server(
        {{"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 10\r\n\r\nhello", Then::resets},
         {http_answer(200, "another", "ETag: \"b\"\r\n")}});
    EXPECT_EQ(download(server.url()).value().status, 200);
    EXPECT_EQ(got(), "another");
}

TEST_F(HttpClientDownload, trusts_no_rest_of_another_file)
{
    test::ScriptedServer const server(
        {{"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 10\r\n\r\nhello", Then::resets},
         {"HTTP/1.1 206 Rest\r\nETag: \"b\"\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nworld"}});
    EXPECT_NE(download(server.url()).error().message.find("goes on with other bytes"), std::string::npos);
    EXPECT_TRUE(nothing_is_left());
}

TEST_F(HttpClientDownload, does_not_take_a_part_for_the_whole)
{
    for (auto const* head :
         {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "HTTP/1.1 200 OK\r\n\r\nhow long?"}) {
        test::ScriptedServer const server({{head, Then::closes}});
        EXPECT_EQ(download(server.url()).error().code, Errc::unavailable) << head;
        EXPECT_TRUE(nothing_is_left()) << head;
    }
}

TEST_F(HttpClientDownload, stores_nothing_that_is_compressed)
{
    for (auto const* header : {"Content-Encoding: gzip\r\n", "Transfer-Encoding: gzip\r\n"}) {
        test::ScriptedServer const server({{http_answer(200, "\x1f\x8b", header)}});
        EXPECT_NE(download(server.url()).error().message.find("compressed, which nobody asked for"), std::string::npos);
        EXPECT_TRUE(nothing_is_left()) << header;
    }
}

TEST_F(HttpClientDownload, refuses_a_file_that_is_too_long_before_it_comes)
{
    test::ScriptedServer const server({{http_answer(200, "", "") + "x", Then::closes}});
    test::ScriptedServer const long_one({{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx", Then::hangs}});
    EXPECT_EQ(download(long_one.url(), 999).error().code, Errc::too_large);
    EXPECT_EQ(download(server.url(), 0).value().status, 200); // none at all is not too long
    EXPECT_EQ(got(), "");
}

TEST_F(HttpClientDownload, leaves_nothing_when_it_is_cancelled)
{
    test::ScriptedServer const server({{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx", Then::hangs}});
    options.base_url = server.url();
    options.stall_timeout = 60s;
    Client client(options);
    TaskGroup calls(io.executor());
    auto call = [](Client& from, std::filesystem::path file) -> Task<> {
        DownloadOptions options;
        options.max_bytes = 1000;
        co_await from.download("/file", file, std::move(options));
    };
    calls.spawn("download", call(client, folder / "got"));
    ASSERT_TRUE(io.run_until([&] { return test::bytes_of(folder / "got.part") == "x"; }));
    calls.cancel();
    io.run(calls.join());
    EXPECT_TRUE(nothing_is_left());
}

} // namespace
} // namespace learning_loop::http
