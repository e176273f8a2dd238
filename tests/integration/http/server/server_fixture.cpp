#include "integration/http/server/server_fixture.h"

#include "learning_loop/http/multipart.h"
#include "support/test_certificate.h"

#include <stdexcept>

namespace learning_loop::http {

std::string request(std::string const& method, std::string const& target, std::string const& headers,
                    std::string const& body)
{
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}

std::string post(std::string const& target, std::string const& body, std::string const& headers)
{
    return request("POST", target, "Content-Length: " + std::to_string(body.size()) + "\r\n" + headers, body);
}

/// Counts the parts of a form, as a body in memory and as an upload.
struct ServerFixture::FormApi {
    void add_to(Router& router)
    {
        router.post("/form", *this, &FormApi::form).open_to(Access::everybody).body_limit(300'000);
        router.post("/upload", *this, &FormApi::upload).open_to(Access::everybody).body_limit(300'000);
        router.post("/photos", *this, &FormApi::upload)
            .open_to(Access::everybody)
            .body_limit(300'000)
            .too_long_is(Errc::unprocessable)
            .part_limit(200'000);
    }
    Task<Result<TextBody>> form(Request asked)
    {
        ++handled;
        auto const parts = parse_multipart(asked.content_type(), asked.body);
        if (!parts) co_return parts.error();
        co_return TextBody{std::to_string(parts->size()) + " parts"};
    }
    Task<Result<TextBody>> upload(Upload parts)
    {
        ++handled;
        co_return TextBody{std::to_string(parts.size()) + " parts"};
    }

    std::atomic<int>& handled;
};

ServerFixture::ServerFixture()
{
    add_texts();
    add_bodies();
}

ServerFixture::~ServerFixture()
{
    if (!go_on.try_wait()) go_on.count_down(); // nobody waits for ever
}

void ServerFixture::add_texts()
{
    router
        .add("GET", "/hello",
             [this](Request) -> Task<Result<Response>> {
                 ++handled;
                 co_return text_response("hello");
             })
        .open_to(Access::everybody);
    router
        .add("GET", "/seen/{name}",
             [this](Request asked) -> Task<Result<Response>> {
                 ++handled;
                 co_return text_response(asked.path + "|" + asked.path_param("name") + "|" +
                                         std::string(asked.query_value("q").value_or("-")) + "|" +
                                         std::string(asked.headers.find("x-Test").value_or("-")));
             })
        .open_to(Access::everybody);
    router
        .add("GET", "/long",
             [this](Request) -> Task<Result<Response>> {
                 ++handled;
                 co_return text_response(std::string(16 * 1024, 'x'));
             })
        .open_to(Access::everybody);
    router
        .add("GET", "/broken",
             [](Request) -> Task<Result<Response>> {
                 throw std::runtime_error("the secret");
                 co_return Response{};
             })
        .open_to(Access::everybody);
    router
        .add("GET", "/slow",
             [this](Request) -> Task<Result<Response>> {
                 auto wait = [this]() -> Result<int> {
                     in_flight.count_down();
                     go_on.wait();
                     return 0;
                 };
                 co_await waiting.run(std::move(wait));
                 co_return text_response("at last");
             })
        .open_to(Access::everybody);
}

void ServerFixture::add_bodies()
{
    auto const echo = [this](Request asked) -> Task<Result<Response>> {
        ++handled;
        co_return text_response(asked.body);
    };
    router.add("POST", "/echo", echo).open_to(Access::everybody).body_limit(1000);
    router.add("POST", "/large", echo).open_to(Access::everybody).body_limit(32 << 20);
    router
        .add("GET", "/file/{name}",
             [this](Request asked) -> Task<Result<Response>> {
                 ++handled;
                 Response response;
                 response.content_type = "application/zip";
                 response.body = FileBody{folder / asked.path_param("name"), {}};
                 co_return response;
             })
        .open_to(Access::everybody);
    router.keep<FormApi>(handled);
}

std::uint16_t ServerFixture::port()
{
    options.access_log = false;
    options.upload_folder = folder.path();
    if (!server) server = std::make_unique<test::RunningServer>(router, options);
    return server->port();
}

void ServerFixture::use_new_certificate()
{
    auto const pair = test::new_certificate();
    options.tls_certificate = folder / "certificate.pem";
    options.tls_key = folder / "key.pem";
    test::put(options.tls_certificate, pair.certificate);
    test::put(options.tls_key, pair.key);
}

test::RawResponse ServerFixture::ask(std::string const& bytes)
{
    test::RawConnection client(port());
    client.send(bytes);
    return client.response();
}

void ServerFixture::expect_refused(std::string const& bytes, int status)
{
    auto const shown = testing::PrintToString(bytes.substr(0, 300));
    auto const handled_before = handled.load();
    test::RawConnection client(port());
    client.send(bytes + request("GET", "/hello"));
    auto const response = client.response();
    EXPECT_EQ(response.status, status) << shown;
    EXPECT_NE(response.body.find(R"({"detail":")"), std::string::npos) << response.body << shown;
    EXPECT_NE(response.head.find("\r\nConnection: close\r\n"), std::string::npos) << shown;
    EXPECT_TRUE(client.closed()) << shown;
    EXPECT_EQ(handled, handled_before) << shown;
}

void ServerFixture::expect_serves(test::RawConnection& client)
{
    client.send(request("GET", "/hello"));
    EXPECT_EQ(client.response().body, "hello");
}

} // namespace learning_loop::http
