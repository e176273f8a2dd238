// Who asks, from where, and by which name of the server: what a proxy and a browser tell, and what they cannot.
#include "integration/http/server/server_fixture.h"

#include "learning_loop/http/api/doorkeeper.h"

namespace learning_loop::http {
namespace {

/// Lets everybody in and tells whom the server saw.
struct TellingDoor final : Doorkeeper {
    Result<void> admit(Route const&, Request& request) override
    {
        auto const& sender = request.sender;
        seen = (sender.address.empty() ? "unknown" : sender.address) + (sender.is_certain ? " certain" : " doubtful") +
               (sender.over_tls ? " https" : " http");
        if (known) request.caller.kind = Caller::Kind::user;
        return {};
    }
    std::string seen;
    bool known = false;
};

struct SendersTest : ServerFixture {
    TellingDoor door;

    SendersTest() { router.guard(door); }

    double gauge(std::string const& name)
    {
        auto const text = server->metrics_text();
        auto const at = text.find("\n" + name + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
    }

    std::string sender(std::string const& headers)
    {
        door.seen = "refused";
        auto const response = ask("GET /hello HTTP/1.1\r\n" + headers + "\r\n");
        return response.status == 200 ? door.seen : std::to_string(response.status) + " " + door.seen;
    }
};

constexpr auto* host = "Host: 127.0.0.1\r\n";

TEST_F(SendersTest, without_a_proxy_the_client_is_who_is_connected)
{
    EXPECT_EQ(sender(host), "127.0.0.1 certain http");
}

TEST_F(SendersTest, who_tells_of_a_proxy_that_nobody_vouches_for_is_doubtful)
{
    for (auto const* line :
         {"X-Forwarded-For: 10.0.0.1", "X-Real-IP: 10.0.0.1", "Forwarded: for=10.0.0.1", "Via: 1.1 a"})
        EXPECT_EQ(sender(host + std::string(line) + "\r\n"), "127.0.0.1 doubtful http") << line;
    EXPECT_EQ(sender(host + std::string("X-Forwarded-Proto: https\r\n")), "127.0.0.1 certain http");
}

TEST_F(SendersTest, behind_a_proxy_the_client_is_the_last_that_is_no_proxy)
{
    options.proxies = Networks::parse("127.0.0.1,10.9.0.0/16").value();
    std::vector<std::pair<std::string, std::string>> const table{
        {"X-Forwarded-For: 10.0.0.1\r\n", "10.0.0.1 certain http"},
        {"X-Forwarded-For: 1.2.3.4, 10.0.0.1\r\n",
         "10.0.0.1 certain http"}, // what stands before was told by the client
        {"X-Forwarded-For: 10.0.0.1, 10.9.0.2\r\n", "10.0.0.1 certain http"},
        {"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 10.0.0.1\r\n", "10.0.0.1 certain http"},
        {"X-Forwarded-For: ::ffff:10.0.0.1\r\n", "10.0.0.1 certain http"},
        {"X-Forwarded-For: fd00::1\r\nX-Forwarded-Proto: https\r\n", "fd00::1 certain https"},
        {"X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https, http\r\n", "10.0.0.1 certain http"},
        {"", "unknown doubtful http"},
        {"X-Forwarded-For: \r\n", "unknown doubtful http"},
        {"X-Forwarded-For: 10.0.0.1, cam1\r\n", "unknown doubtful http"},
        {"X-Forwarded-For: 10.9.0.1\r\n", "unknown doubtful http"},
        {"X-Real-IP: 10.0.0.1\r\n", "unknown doubtful http"},
    };
    for (auto const& [headers, expected] : table) EXPECT_EQ(sender(host + headers), expected) << headers;
}

TEST_F(SendersTest, at_its_public_name_the_server_is_reached_by_its_scheme)
{
    options.allowed_hosts.emplace();
    options.public_url = parse_url("https://farm.example:443/loop/");
    for (auto const* https : {"Host: farm.example\r\n", "Host: FARM.example:443\r\n",
                              "Host: 127.0.0.1\r\nOrigin: https://farm.example\r\n"})
        EXPECT_TRUE(sender(https).ends_with(" https")) << https;
    for (auto const* http : {host, "Host: farm.example:8000\r\n"}) EXPECT_TRUE(sender(http).ends_with(" http")) << http;
}

TEST_F(SendersTest, with_a_public_url_and_no_known_proxy_nobody_on_this_machine_is_told_apart)
{
    options.allowed_hosts.emplace();
    options.public_url = parse_url("https://farm.example");
    EXPECT_EQ(sender(host), "unknown doubtful http");
    EXPECT_EQ(sender(host + std::string("X-Forwarded-For: 10.0.0.1\r\n")), "unknown doubtful http");
}

TEST_F(SendersTest, only_names_of_this_machine_are_answered)
{
    options.allowed_hosts = {"backend"};
    options.public_url = parse_url("https://farm.example:8443");
    for (auto const* name :
         {"backend", "BACKEND:80", "farm.example", "farm.example:8443", "localhost:1", "127.0.0.1", "[::1]"})
        EXPECT_EQ(ask("GET /hello HTTP/1.1\r\nHost: " + std::string(name) + "\r\n\r\n").status, 200) << name;
    for (auto const* name : {"evil.example", "backend.evil.example", "10.0.0.1", "a@backend", "farm.example.evil"}) {
        auto const refused = ask("GET /hello HTTP/1.1\r\nHost: " + std::string(name) + "\r\n\r\n");
        EXPECT_EQ(refused.status, 403) << name;
        EXPECT_NE(refused.body.find("ALLOWED_HOSTS"), std::string::npos);
    }
}

TEST_F(SendersTest, a_path_may_have_the_prefix_of_the_public_url)
{
    options.allowed_hosts.emplace();
    options.public_url = parse_url("https://farm.example/loop/");
    for (auto const* path : {"/hello", "/loop/hello", "/seen/a", "/loop/seen/a"})
        EXPECT_EQ(ask(request("GET", path)).status, 200) << path;
    EXPECT_EQ(ask(request("GET", "/loop/seen/a?q=1")).body.substr(0, 9), "/seen/a|a");
    for (auto const* path : {"/loophello", "/other/hello", "/loop/loop/hello"})
        EXPECT_EQ(ask(request("GET", path)).status, 404) << path;
}

TEST_F(SendersTest, a_foreign_page_changes_nothing)
{
    options.allowed_hosts.emplace();
    options.public_url = parse_url("https://farm.example");
    auto const status = [this](std::string const& method, std::string const& headers) {
        return ask(request(method, method == "GET" ? "/hello" : "/echo", headers, "")).status;
    };
    for (auto const* foreign : {"Origin: https://evil.example\r\n", "Origin: null\r\n",
                                "Origin: http://farm.example\r\n", "Origin: https://farm.example.evil\r\n"}) {
        EXPECT_EQ(status("GET", foreign), 403) << foreign;
        EXPECT_EQ(status("POST", foreign), 403) << foreign;
    }
    for (auto const* site : {"cross-site", "same-site", "anything"}) {
        EXPECT_EQ(status("POST", std::string("Sec-Fetch-Site: ") + site + "\r\n"), 403) << site;
        EXPECT_EQ(status("GET", std::string("Sec-Fetch-Site: ") + site + "\r\n"), 200) << site; // a link leads here
    }
    for (auto const* own : {"", "Origin: https://farm.example\r\n", "Origin: http://localhost\r\n",
                            "Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Site: none\r\n"})
        EXPECT_EQ(status("POST", own), 200) << own;
}

TEST_F(SendersTest, one_address_gets_no_more_than_its_share)
{
    options.requests.open_of_one = 2;
    door.known = true;
    test::RawConnection first(port());
    test::RawConnection second(port());
    first.send("POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nab");
    second.send("POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nab");
    int status = 0; // once both have been seen
    for (int tries = 0; tries < 1000 && status != 429; ++tries) status = ask(request("GET", "/hello")).status;
    EXPECT_EQ(status, 429);
    first.send("cde");
    EXPECT_EQ(first.response().status, 200);
    EXPECT_EQ(ask(request("GET", "/hello")).status, 200);
}

TEST_F(SendersTest, who_is_unknown_and_slow_makes_room_for_the_next)
{
    options.requests.open_of_visitors = 1;
    test::RawConnection slow(port());
    slow.send("POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nab");
    while (gauge("http_open_requests") == 0) {
    }
    EXPECT_EQ(ask(request("GET", "/hello")).status, 200);
    EXPECT_TRUE(slow.closed());
}

TEST_F(SendersTest, who_is_unknown_does_not_crowd_out_who_is_known)
{
    options.requests.open_of_visitors = 1;
    test::RawConnection waiting(port());
    waiting.send(request("GET", "/slow")); // its handler waits, not the client
    in_flight.wait();
    EXPECT_EQ(ask(request("GET", "/hello")).status, 429);
    door.known = true;
    EXPECT_EQ(ask(request("GET", "/hello")).status, 200);
    go_on.count_down();
    EXPECT_EQ(waiting.response().status, 200);
}

} // namespace
} // namespace learning_loop::http
