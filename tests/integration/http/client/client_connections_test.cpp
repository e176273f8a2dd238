#include "integration/http/client/client_fixture.h"
#include "support/live_memory.h"
#include "support/variable.h"

namespace learning_loop::http {
namespace {

TEST_F(HttpClient, an_upload_that_is_cut_anywhere_fails_and_the_next_one_arrives)
{
    test::ScriptedServer const server({{http_answer(200, "OK")}});
    test::FaultProxy proxy(server.port());
    options.base_url = proxy.url();
    Client client(options);
    test::put(folder / "a", "0123456789");
    std::vector<FormPart> const parts{{"files", "a", "image/jpeg", folder / "a"}};
    auto const whole = (static_cast<void>(io.run(client.post_files("/", parts)).value()), proxy.bytes_up());
    for (std::uint64_t k = 0; k < whole; k += 3) {
        test::Faults faults;
        faults.cut_up_after = k;
        proxy.spoil(faults);
        proxy.cut_all();
        Client cut(options);
        EXPECT_EQ(io.run(cut.post_files("/", parts)).error().code, Errc::unavailable) << k;
    }
    proxy.spoil({});
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(io.run(client.post_files("/", parts)).value().status, 200);
}

TEST_F(HttpClient, an_answer_that_is_cut_anywhere_is_none)
{
    auto const whole = http_answer(200, "OK");
    test::ScriptedServer const server({{whole}});
    test::FaultProxy proxy(server.port());
    for (std::uint64_t k = 0; k < whole.size(); k += 3) {
        test::Faults faults;
        faults.cut_down_after = k;
        faults.resets = k % 2 == 0;
        proxy.spoil(faults);
        EXPECT_FALSE(get(proxy.url())) << k;
    }
}

TEST_F(HttpClient, leaks_neither_descriptors_nor_memory_over_a_thousand_reconnects)
{
    test::ScriptedServer const server({{http_answer(200, "OK", "Connection: close\r\n"), Then::closes}});
    test::FaultProxy proxy(server.port());
    options.base_url = proxy.url();
    options.stall_timeout = 10s;
    Client client(options);
    test::Faults cut_soon;
    cut_soon.cut_down_after = 20;
    auto const reconnect = [&](int times) {
        for (int i = 0; i < times; ++i) {
            if (i % 4 == 1) proxy.spoil_next(cut_soon);
            auto const answer = io.run(client.get("/"));
            EXPECT_EQ(answer.has_value(), i % 4 != 1) << (answer ? "" : answer.error().message);
        }
    };
    reconnect(100);
    auto const descriptors = test::open_descriptors();
    auto const bytes = test::memory_bytes();
    reconnect(1000);
    EXPECT_GE(server.connections(), 1000u);
    EXPECT_LE(test::open_descriptors(), descriptors + 4);
    EXPECT_LE(test::memory_bytes() - bytes, test::memory_noise + 1100 * 1024.0); // the server keeps the requests
}

TEST_F(HttpClient, takes_its_proxy_from_the_environment_but_not_to_this_machine)
{
    test::ScriptedServer const proxy({{http_answer(200, "through the proxy")}});
    test::ScriptedServer const direct({{http_answer(200, "direct")}});
    test::Variable const http_proxy("http_proxy", proxy.url());
    auto const here = "http://0.0.0.0:" + std::to_string(direct.port()); // this machine by a name that does not say so
    EXPECT_EQ(get("http://loop.invalid").value().body, "through the proxy");
    EXPECT_EQ(proxy.requests().at(0).substr(0, 26), "GET http://loop.invalid/ H");
    EXPECT_EQ(get(here).value().body, "through the proxy");
    EXPECT_EQ(get(direct.url()).value().body, "direct");
    test::Variable const no_proxy("no_proxy", "0.0.0.0,loop.invalid");
    EXPECT_EQ(get(here).value().body, "direct");
}

TEST_F(HttpClient, says_that_a_proxy_refuses_a_tunnel)
{
    test::ScriptedServer const proxy({{http_answer(407, "who are you?"), Then::closes}});
    test::Variable const https_proxy("https_proxy", proxy.url());
    EXPECT_EQ(get("https://loop.invalid").error().code, Errc::unavailable);
    EXPECT_EQ(proxy.requests().at(0).substr(0, 28), "CONNECT loop.invalid:443 HTT");
}

TEST_F(HttpClient, says_that_a_name_is_unknown)
{
    EXPECT_EQ(get("http://loop.invalid").error().message, "http://loop.invalid/: Couldn't resolve host name");
}

} // namespace
} // namespace learning_loop::http
