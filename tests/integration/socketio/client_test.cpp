#include "learning_loop/socketio/client.h"

#include "integration/socketio/socketio_fixture.h"
#include "support/fault_proxy.h"
#include "support/live_memory.h"
#include "support/run.h"

#include <algorithm>
#include <future>
#include <iostream>

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;
using engineio::Transport;

/// Our client, a server of ours, and a proxy that spoils what goes between them.
struct SocketIoClient : SocketIoFixture {
    SocketIoClient()
    {
        socketio_options.engine.ping_interval = 200ms;
        socketio_options.engine.ping_timeout = 200ms;
        client_options.first_wait = 40ms; // the ratio of the real ones, a hundred times faster
        client_options.max_wait = 400ms;
        client_options.join_timeout = 1s;
        client_options.connection.handshake_timeout = 1s;
    }
    ~SocketIoClient() override
    {
        if (!client) return;
        tasks.cancel();
        io_thread.run(tasks.join());
    }

    /// Begins to connect, by way of the proxy.
    void start()
    {
        if (!proxy) proxy = std::make_unique<test::FaultProxy>(port());
        http::ClientOptions reach;
        reach.base_url = proxy->url() + path_of_url;
        reach.connect_timeout = 1s;
        http = std::make_unique<http::Client>(reach);
        client = std::make_unique<Client>(io_thread.executor(), *http, client_options);
        client->connected = [this] { ++connected; };
        client->disconnected = [this](std::string const& why) { reasons.push_back(why); };
        client->events.on("question", *this, &SocketIoClient::repeat);
        tasks.spawn("the client", client->run());
    }
    void connect()
    {
        auto const before = connected;
        if (!client) start();
        ASSERT_TRUE(io_thread.run_until([&] { return connected > before; })) << testing::PrintToString(reasons);
    }
    bool loses_it()
    {
        auto const before = reasons.size();
        return io_thread.run_until([&] { return reasons.size() > before; });
    }
    Result<Arguments> call(std::string event, Arguments arguments, std::chrono::milliseconds timeout = 10s)
    {
        return io_thread.run(client->call(std::move(event), std::move(arguments), timeout));
    }
    void expect_answers()
    {
        auto const answer = call("add", Arguments::of(1, 2));
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->values, boost::json::array{3});
    }
    Task<Result<Arguments>> repeat(Arguments arguments) { co_return arguments; }

    test::Io io_thread;
    std::string path_of_url;
    std::unique_ptr<test::FaultProxy> proxy;
    ClientOptions client_options;
    std::unique_ptr<http::Client> http;
    std::unique_ptr<Client> client;
    int connected = 0;
    std::vector<std::string> reasons;
    TaskGroup tasks{io_thread.executor()};
};

/// How the session goes.
struct Way {
    Transport first;
    bool may_upgrade;
    char const* name;
};

void PrintTo(Way const& way, std::ostream* out)
{
    *out << way.name;
}

struct SocketIoClientWays : SocketIoClient, testing::WithParamInterface<Way> {
    SocketIoClientWays()
    {
        client_options.connection.session.first = GetParam().first;
        client_options.connection.session.may_upgrade = GetParam().may_upgrade;
    }
};
INSTANTIATE_TEST_SUITE_P(, SocketIoClientWays,
                         testing::Values(Way{Transport::websocket, false, "websocket"},
                                         Way{Transport::polling, false, "polling"},
                                         Way{Transport::polling, true, "upgrading"}),
                         [](auto const& way) { return way.param.name; });

TEST_P(SocketIoClientWays, calls_and_gets_the_ack)
{
    connect();
    for (int i = 0; i < 10; ++i) expect_answers();
    EXPECT_TRUE(reasons.empty());
}

TEST_P(SocketIoClientWays, reaches_a_server_whose_url_has_a_path)
{
    path_of_url = "/socket.io";
    client_options.connection.path = "/";
    connect();
    for (int i = 0; i < 10; ++i) expect_answers();
    EXPECT_TRUE(reasons.empty());
}

TEST_P(SocketIoClientWays, sends_bytes_and_gets_them_back)
{
    connect();
    for (std::size_t const size : {0U, 1U, 1000U, 3'000'000U}) {
        std::string const bytes(size, '\xa5');
        auto const answer = call("echo", Arguments::of(Bytes(bytes), "and a text"));
        ASSERT_TRUE(answer) << answer.error().message;
        ASSERT_EQ(answer->attachments.size(), 1u);
        EXPECT_TRUE(answer->attachments.front().view() == bytes) << size;
    }
}

TEST_P(SocketIoClientWays, keeps_the_order_of_what_it_sends)
{
    connect();
    std::vector<int> order;
    auto ask = [this, &order](int number) -> Task<> {
        auto const answer = co_await client->call("echo", Arguments::of(number), 10s);
        if (answer) order.push_back(static_cast<int>(answer->values.front().as_int64()));
    };
    for (int i = 0; i < 40; ++i) tasks.spawn("a call", ask(i)); // across the upgrade, where there is one
    ASSERT_TRUE(io_thread.run_until([&] { return order.size() == 40; })) << order.size();
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_P(SocketIoClientWays, answers_what_the_server_asks)
{
    connect();
    auto const peer = server->on_io([this] { return last_peer; });
    auto const answer = boost::asio::co_spawn(server->executor(), io->call(peer, "question", Arguments::of(7), 10s),
                                              boost::asio::use_future);
    EXPECT_TRUE(io_thread.run_until([&] { return answer.wait_for(0s) == std::future_status::ready; }));
}

TEST_P(SocketIoClientWays, lives_as_long_as_the_server_pings)
{
    connect();
    auto const until = std::chrono::steady_clock::now() + 1500ms; // several intervals
    io_thread.run_until([&] { return std::chrono::steady_clock::now() > until; });
    EXPECT_TRUE(reasons.empty()) << testing::PrintToString(reasons);
    expect_answers();
}

TEST_P(SocketIoClientWays, answers_again_after_its_connections_were_cut)
{
    connect();
    for (bool const resets : {true, false}) {
        proxy->cut_all(resets);
        bool is_answered = false;
        for (int i = 0; i < 100 && !is_answered; ++i) { // polls may go on over a new connection as if nothing were
            is_answered = call("add", Arguments::of(1, 2), 300ms).has_value();
            if (!is_answered) io_thread.run_until([&] { return client->is_connected(); });
        }
        EXPECT_TRUE(is_answered) << testing::PrintToString(reasons);
    }
}

TEST_F(SocketIoClient, comes_back_when_its_websocket_is_cut)
{
    connect();
    for (bool const resets : {true, false}) {
        proxy->cut_all(resets);
        ASSERT_TRUE(loses_it());
        EXPECT_FALSE(client->is_connected());
        ASSERT_TRUE(io_thread.run_until([&] { return client->is_connected(); }));
        expect_answers();
    }
}

TEST_F(SocketIoClient, can_be_ended_after_it_has_lost_a_connection_and_before_it_has_one)
{
    connect();
    proxy->refuse();
    proxy->cut_all();
    ASSERT_TRUE(loses_it());
    ASSERT_TRUE(loses_it());
    tasks.cancel();
    io_thread.run(tasks.join());
    EXPECT_FALSE(client->is_connected());
}

TEST_P(SocketIoClientWays, survives_a_restart_of_the_server)
{
    connect();
    proxy->refuse();
    server.reset(); // it tells us, and is gone
    ASSERT_TRUE(loses_it());
    ASSERT_TRUE(loses_it()); // nobody listens
    EXPECT_EQ(call("add", Arguments::of(1, 2)).error().message, "add: there is no connection");
    proxy->retarget(port()); // a new server, elsewhere
    proxy->accept_again();
    ASSERT_TRUE(io_thread.run_until([&] { return client->is_connected(); }));
    expect_answers();
}

TEST_P(SocketIoClientWays, takes_a_silent_server_for_dead)
{
    connect();
    proxy->silence(true);
    ASSERT_TRUE(loses_it());
    proxy->silence(false);
    ASSERT_TRUE(io_thread.run_until([&] { return client->is_connected(); }));
    expect_answers();
}

TEST_F(SocketIoClient, lets_a_call_fail_whose_connection_is_lost)
{
    connect();
    auto answer = std::make_shared<std::optional<Result<Arguments>>>();
    auto ask = [this, answer]() -> Task<> { answer->emplace(co_await client->call("wait", {}, 60s)); };
    tasks.spawn("a call", ask());
    ASSERT_TRUE(io_thread.run_until([&] { return notes.count("waits") > 0; }));
    proxy->cut_all();
    ASSERT_TRUE(io_thread.run_until([&] { return answer->has_value(); }));
    EXPECT_EQ((*answer)->error().message, "wait: the connection was lost before the ack came");
}

TEST_P(SocketIoClientWays, ends_promptly_also_when_the_server_is_silent)
{
    connect();
    proxy->silence(true);
    auto const begin = std::chrono::steady_clock::now();
    tasks.cancel();
    io_thread.run(tasks.join());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s); // a second for the last words
}

TEST_P(SocketIoClientWays, never_connects_faster_than_it_should)
{
    start();
    proxy->refuse();
    ASSERT_TRUE(io_thread.run_until([&] { return reasons.size() >= 6; }));
    auto const tries = reasons.size();
    auto const until = std::chrono::steady_clock::now() + 400ms;
    io_thread.run_until([&] { return std::chrono::steady_clock::now() > until; });
    EXPECT_LE(reasons.size() - tries, 3u); // waits of 200 to 400 ms by now
}

TEST_F(SocketIoClient, waits_between_two_tries_also_when_the_server_lets_it_in_and_drops_it)
{
    more = [](Server& made) { made.of("/").connected = [&made](PeerPtr const& peer) { made.disconnect(peer); }; };
    client_options.first_wait = 400ms;
    auto const begin = std::chrono::steady_clock::now();
    start();
    ASSERT_TRUE(io_thread.run_until([&] { return reasons.size() >= 4; }));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 3 * 200ms);
    EXPECT_EQ(reasons.front(), "disconnected by the server");
}

TEST_F(SocketIoClient, is_told_why_a_namespace_refuses_it)
{
    client_options.nsp = "/nowhere";
    start();
    ASSERT_TRUE(loses_it());
    EXPECT_EQ(reasons.front(), "the server refuses us in /nowhere: Invalid namespace");
}

TEST_F(SocketIoClient, gives_a_server_up_that_opens_no_session)
{
    client_options.connection.handshake_timeout = 1s;
    if (!proxy) proxy = std::make_unique<test::FaultProxy>(port());
    test::Faults deaf;
    deaf.never_reads = true;
    proxy->spoil(deaf);
    start();
    ASSERT_TRUE(loses_it());
}

TEST_F(SocketIoClient, names_the_status_of_a_server_that_has_no_socket_io)
{
    client_options.connection.path = "/elsewhere/";
    start();
    ASSERT_TRUE(loses_it());
    EXPECT_NE(reasons.front().find("the server answers 404 instead of opening a WebSocket"), std::string::npos)
        << reasons.front();
}

TEST_F(SocketIoClient, prepares_each_handshake_anew)
{
    int prepared = 0;
    start();
    client->prepare = [&]() -> Task<Result<http::Headers>> {
        if (++prepared == 1) co_return Error{Errc::unavailable, "no cookie yet"};
        co_return http::Headers{{"Cookie", "session=" + std::to_string(prepared)}};
    };
    ASSERT_TRUE(io_thread.run_until([&] { return client->is_connected(); }));
    EXPECT_EQ(reasons, std::vector<std::string>{"no cookie yet"});
    auto const cookie = server->on_io([this] { return last_peer->headers.find("Cookie").value_or("none"); });
    EXPECT_EQ(cookie, "session=2");
}

TEST_F(SocketIoClient, renews_its_connection_when_it_is_told_to)
{
    connect();
    client->renew("the status was not taken");
    ASSERT_TRUE(loses_it());
    EXPECT_EQ(reasons.back(), "the status was not taken");
    ASSERT_TRUE(io_thread.run_until([&] { return client->is_connected(); }));
}

TEST_F(SocketIoClient, leaks_neither_descriptors_nor_memory_over_a_thousand_reconnects)
{
    client_options.first_wait = client_options.max_wait = 2ms;
    connect();
    auto const reconnect = [&](int times) {
        for (int i = 0; i < times; ++i) {
            proxy->cut_all(i % 2 == 0);
            ASSERT_TRUE(loses_it());
            ASSERT_TRUE(io_thread.run_until([&] { return client->is_connected(); }));
        }
    };
    reconnect(100); // what is needed once
    auto const descriptors = test::open_descriptors();
    auto const bytes = test::memory_bytes();
    reconnect(1000);
    ASSERT_TRUE(has_connections(1));
    auto const left = test::memory_bytes() - bytes;
    std::cout << "figures: 1000 reconnects of the Socket.IO client: descriptors " << descriptors << " to "
              << test::open_descriptors() << ", " << left / 1024 << " KiB left\n";
    EXPECT_LE(test::open_descriptors(), descriptors + 2);
    EXPECT_LE(left, test::memory_noise);
}

} // namespace
} // namespace learning_loop::socketio
