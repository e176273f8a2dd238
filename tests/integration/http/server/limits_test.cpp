// Every limit, at its end and one beyond.
#include "integration/http/server/server_fixture.h"

namespace learning_loop::http {
namespace {

using test::RawConnection;

constexpr std::size_t max_line_bytes = 8 * 1024;
constexpr std::size_t max_head_bytes = 16 * 1024;
constexpr auto form_type = "Content-Type: multipart/form-data; boundary=X\r\n";

/// GET /hello with a request line of so many bytes, its line end not counted.
std::string with_line_of(std::size_t bytes)
{
    std::string const begin = "GET /hello?";
    std::string const end = " HTTP/1.1";
    return begin + std::string(bytes - begin.size() - end.size(), 'x') + end + "\r\nHost: localhost\r\n\r\n";
}

/// GET /hello with a head of so many bytes, its empty line included.
std::string with_head_of(std::size_t bytes)
{
    auto const without = request("GET", "/hello", "X-Long: \r\n").size();
    return request("GET", "/hello", "X-Long: " + std::string(bytes - without, 'x') + "\r\n");
}

/// GET /hello with so many header fields, Host included.
std::string with_fields(int count)
{
    std::string fields;
    for (int i = 1; i < count; ++i) fields += "X-" + std::to_string(i) + ": x\r\n";
    return request("GET", "/hello", fields);
}

std::string chunked(std::string const& target, std::string const& body)
{
    std::string chunks;
    for (std::size_t at = 0; at < body.size(); at += 100) {
        auto const piece = body.substr(at, 100);
        constexpr std::string_view digits = "0123456789abcdef";
        chunks.append({digits[piece.size() / 16], digits[piece.size() % 16]});
        chunks.append("\r\n").append(piece).append("\r\n");
    }
    return request("POST", target, "Transfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n");
}

std::string part(std::string const& more_headers = "")
{
    return "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n" + more_headers + "\r\nbytes\r\n";
}

std::string parts(int count)
{
    std::string form;
    for (int i = 0; i < count; ++i) form += part();
    return form + "--X--\r\n";
}

/// A form of one part whose headers have so many bytes, their empty line included.
std::string part_with_headers_of(std::size_t bytes)
{
    auto const without = part("X-Long: \r\n").size() - std::string("--X\r\nbytes\r\n").size();
    return part("X-Long: " + std::string(bytes - without, 'x') + "\r\n") + "--X--\r\n";
}

struct LimitsTest : ServerFixture {};

TEST_F(LimitsTest, a_request_line_has_8_kib)
{
    RawConnection client(port());
    client.send(with_line_of(max_line_bytes));
    EXPECT_EQ(client.response().status, 200);
    expect_serves(client);
    expect_refused(with_line_of(max_line_bytes + 1), 414);
    expect_refused(request("GET", "/hello?" + std::string(64 * 1024, 'x')), 414);
}

TEST_F(LimitsTest, a_request_line_has_8_kib_however_it_comes)
{
    RawConnection client(port());
    auto const bytes = with_line_of(max_line_bytes);
    client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n" + bytes.substr(0, max_line_bytes + 1)); // up to CR
    EXPECT_EQ(client.response().body, "hello");
    client.send(bytes.substr(max_line_bytes + 1));
    EXPECT_EQ(client.response().body, "hello");
}

TEST_F(LimitsTest, a_request_line_without_end_is_refused_before_it_ends)
{
    RawConnection client(port());
    client.send(std::string(max_line_bytes + 2, 'x'));
    EXPECT_EQ(client.response().status, 414);
    EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, a_head_has_16_kib)
{
    RawConnection client(port());
    client.send(with_head_of(max_head_bytes));
    EXPECT_EQ(client.response().status, 200);
    expect_serves(client);
    expect_refused(with_head_of(max_head_bytes + 1), 431);
    expect_refused(with_head_of(100'000), 431);
}

TEST_F(LimitsTest, a_head_without_end_is_refused_before_it_ends)
{
    RawConnection client(port());
    client.send("GET /hello HTTP/1.1\r\nX: " + std::string(max_head_bytes, 'x'));
    EXPECT_EQ(client.response().status, 431);
    EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, a_head_has_100_fields)
{
    RawConnection client(port());
    client.send(with_fields(100));
    EXPECT_EQ(client.response().status, 200);
    expect_serves(client);
    expect_refused(with_fields(101), 431);
}

TEST_F(LimitsTest, a_body_has_the_length_of_its_route)
{
    RawConnection client(port());
    client.send(post("/echo", std::string(1000, 'x')) + chunked("/echo", std::string(1000, 'y')));
    EXPECT_EQ(client.response().body, std::string(1000, 'x'));
    EXPECT_EQ(client.response().body, std::string(1000, 'y'));
    expect_serves(client);
    expect_refused(post("/echo", std::string(1001, 'x')), 413);
    expect_refused(chunked("/echo", std::string(1001, 'x')), 413);
}

TEST_F(LimitsTest, an_upload_has_the_length_of_its_route)
{
    std::string const begin = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
    std::string const end = "\r\n--X--\r\n";
    auto const form_of = [&](std::size_t bytes) {
        return begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
    };
    RawConnection client(port());
    client.send(post("/upload", form_of(300'000), form_type));
    EXPECT_EQ(client.response().body, "1 parts");
    expect_serves(client);
    expect_refused(post("/upload", form_of(300'001), form_type), 413);
}

TEST_F(LimitsTest, a_body_that_is_too_long_is_refused_before_it_comes)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 1001\r\nExpect: 100-continue\r\n"));
    auto const response = client.response();
    EXPECT_EQ(response.status, 413);
    EXPECT_NE(response.body.find("1000 bytes"), std::string::npos) << response.body;
    EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, a_client_sees_the_413_though_it_still_sends)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Content-Length: 20000000\r\n"));
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.send(std::string(1'000'000, 'x'))) << i;
    auto const response = client.response();
    EXPECT_EQ(response.status, 413);
    EXPECT_NE(response.head.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, a_chunked_body_without_end_is_refused_where_its_route_ends)
{
    RawConnection client(port());
    client.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 20; ++i) client.send("64\r\n" + std::string(100, 'x') + "\r\n");
    EXPECT_EQ(client.response().status, 413);
    EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, bodies_have_one_budget_of_memory)
{
    options.max_body_bytes_in_memory = 100;
    auto const response = ask(post("/echo", std::string(101, 'x')));
    EXPECT_EQ(response.status, 503);
    EXPECT_NE(response.head.find("\r\nRetry-After: "), std::string::npos);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(ask(post("/echo", std::string(100, 'x'))).status, 200) << i; // and give it back
}

/// Both ways in which a route takes a form. One whose body was read whole may keep its connection.
struct FormLimitsTest : LimitsTest, testing::WithParamInterface<char const*> {
    void expect_parts(std::string const& form, std::string const& counted, std::string const& type = form_type)
    {
        RawConnection client(port());
        client.send(post(GetParam(), form, type));
        auto const response = client.response();
        EXPECT_EQ(response.status, 200) << response.body;
        EXPECT_EQ(response.body, counted);
        expect_serves(client);
    }
    void expect_no_form(std::string const& form, std::string const& reason, std::string const& type = form_type,
                        int status = 400)
    {
        RawConnection client(port());
        client.send(post(GetParam(), form, type));
        auto const response = client.response();
        EXPECT_EQ(response.status, status) << response.body;
        EXPECT_NE(response.body.find(reason), std::string::npos) << response.body;
        if (response.head.find("\r\nConnection: close\r\n") == std::string::npos) expect_serves(client);
        else EXPECT_TRUE(client.closed());
        EXPECT_EQ(ask(request("GET", "/hello")).status, 200);
    }
};

INSTANTIATE_TEST_SUITE_P(Routes, FormLimitsTest, testing::Values("/form", "/upload"),
                         [](auto const& route) { return std::string(route.param).substr(1); });

TEST_P(FormLimitsTest, a_form_has_1000_parts)
{
    expect_parts(parts(1000), "1000 parts");
    expect_no_form(parts(1001), "more than 1000 parts: send less in one request", form_type, 422);
}

TEST_P(FormLimitsTest, a_part_has_8_kib_of_headers)
{
    expect_parts(part_with_headers_of(8 * 1024), "1 parts");
    expect_no_form(part_with_headers_of(8 * 1024 + 1), "longer than 8 KiB");
    expect_no_form(part_with_headers_of(100'000), "longer than 8 KiB");
}

TEST_P(FormLimitsTest, a_part_is_no_form_itself)
{
    expect_parts(part("Content-Type: multipart/form-data\r\n") + "--X--\r\n", "1 parts");
    expect_no_form(part("Content-Type: multipart/mixed; boundary=Y\r\n") + "--X--\r\n", "multipart itself");
}

TEST_P(FormLimitsTest, a_boundary_has_70_characters)
{
    auto const form_with = [](std::string const& boundary) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbytes\r\n--" + boundary +
               "--\r\n";
    };
    auto const type_with = [](std::string const& boundary) {
        return "Content-Type: multipart/form-data; boundary=" + boundary + "\r\n";
    };
    std::string const longest(70, 'b');
    expect_parts(form_with(longest), "1 parts", type_with(longest));
    expect_no_form(form_with(longest + "b"), "longer than 70", type_with(longest + "b"));
}

TEST_P(FormLimitsTest, a_form_that_ends_early_is_none)
{
    expect_no_form(part(), "ends early");
    expect_no_form("--X", "ends early");
    expect_no_form("bytes", "does not occur");
}

/// A form of one file of so many bytes.
std::string photo_of(std::size_t bytes)
{
    return "--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"big.jpg\"\r\n\r\n" +
           std::string(bytes, 'x') + "\r\n--X--\r\n";
}

TEST_F(LimitsTest, a_part_has_the_bytes_of_its_route_and_is_named_if_it_has_more)
{
    EXPECT_EQ(ask(post("/photos", photo_of(200'000), form_type)).body, "1 parts");
    auto const refused = ask(post("/photos", photo_of(200'001), form_type));
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.body,
              R"({"detail":"big.jpg: is longer than 200000 bytes, the most that is taken of one: send it smaller"})");
    expect_refused(post("/photos", photo_of(299'000), form_type), 422);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 0) << "a part was left behind";
}

TEST_F(LimitsTest, a_body_that_is_too_long_is_422_where_its_route_wants_it)
{
    auto const form = photo_of(300'000);
    auto const refused = ask(post("/photos", form, form_type));
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(refused.body.find("the body is longer than 300000 bytes"), std::string::npos) << refused.body;
    expect_refused(post("/photos", form, form_type), 422);
    expect_refused(post("/upload", form, form_type), 413);
}

TEST_F(LimitsTest, pipelined_requests_are_answered_in_their_order)
{
    std::string all;
    for (int i = 0; i < 1000; ++i) all += request("GET", "/seen/" + std::to_string(i)) + post("/echo", "body");
    RawConnection client(port());
    std::jthread const sender([&] { client.send(all); });
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(client.response().body, "/seen/" + std::to_string(i) + "|" + std::to_string(i) + "|-|-");
        ASSERT_EQ(client.response().body, "body");
    }
}

TEST_F(LimitsTest, a_pipeline_whose_client_reads_nothing_is_not_read_on)
{
    options.deadlines.stall = std::chrono::milliseconds(300);
    std::string batch;
    for (int i = 0; i < 100; ++i) batch += request("GET", "/long");
    RawConnection client(port(), test::small_receive_buffer);
    int batches = 0;
    while (batches < 10'000 && client.send(batch)) ++batches;
    EXPECT_LT(batches, 10'000); // the server has closed
    EXPECT_LT(handled, 2000);   // 32 MB, more than the system buffers
}

} // namespace
} // namespace learning_loop::http
