#include "integration/socketio/socketio_fixture.h"

#include "learning_loop/async/pause.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/http/server/runner.h"

#include <stdexcept>

namespace learning_loop::socketio {
namespace {

struct SocketIoParts final : Parts {
    SocketIoParts(Runner& runner, ServerOptions const& options, std::chrono::milliseconds grace_)
        : server(runner.executor(), options), grace(grace_)
    {
        server.add_to(runner.router(), "/socket.io");
    }
    void start(TaskGroup& tasks) override { tasks.spawn("Socket.IO", server.run()); }
    Task<> disconnect() override { return server.finish(grace); }

    Server server;
    std::chrono::milliseconds grace;
};

} // namespace

std::uint16_t SocketIoFixture::port()
{
    if (server) return server->port();
    options.access_log = false;
    auto const build = [this](Runner& runner) {
        if (guard) runner.router().guard(*guard);
        auto parts = std::make_unique<SocketIoParts>(runner, socketio_options, grace);
        io = &parts->server;
        for (auto const* nsp : {"/", "/other"}) declare(nsp);
        if (more) more(*io);
        return parts;
    };
    server = std::make_unique<test::RunningServer>(build, options);
    return server->port();
}

void SocketIoFixture::declare(std::string const& nsp)
{
    auto& declared = io->of(nsp);
    declared.connected = [this, nsp](PeerPtr const& peer) {
        last_peer = peer;
        notes.add("connected " + nsp);
    };
    declared.disconnected = [this, nsp](PeerPtr const&, std::string const&) { notes.add("disconnected " + nsp); };
    declared.events.on("echo", *this, &SocketIoFixture::echo);
    declared.events.on("add", *this, &SocketIoFixture::add);
    declared.events.on("fail", *this, &SocketIoFixture::fail);
    declared.events.on("throw", *this, &SocketIoFixture::throw_something);
    declared.events.on("wait", *this, &SocketIoFixture::wait);
    declared.events.on("linger", *this, &SocketIoFixture::linger);
}

Task<Result<int>> SocketIoFixture::linger()
{
    notes.add("lingers");
    Pause pause(co_await boost::asio::this_coro::executor);
    co_await pause.sleep(std::chrono::milliseconds(100));
    co_return 7;
}

Task<Result<Arguments>> SocketIoFixture::echo(Arguments arguments)
{
    co_return arguments;
}

Task<Result<int>> SocketIoFixture::add(int a, int b)
{
    co_return a + b;
}

Task<Result<void>> SocketIoFixture::fail()
{
    co_return Error{Errc::not_found, "there is no such thing"};
}

Task<Result<void>> SocketIoFixture::throw_something()
{
    throw std::runtime_error("the secret");
    co_return Result<void>();
}

Task<Result<void>> SocketIoFixture::wait()
{
    struct AtEnd {
        test::Notes& notes;
        ~AtEnd() { notes.add("cancelled"); }
    };
    AtEnd const at_end{notes};
    Pause pause(server->executor());
    notes.add("waits");
    co_await pause.sleep(std::chrono::hours(1));
    co_return Result<void>();
}

std::unique_ptr<test::RawSocketIo> SocketIoFixture::client(int receive_buffer_bytes)
{
    auto client = std::make_unique<test::RawSocketIo>(port(), receive_buffer_bytes);
    EXPECT_TRUE(client->connect().starts_with(R"(0{"sid":")"));
    return client;
}

void SocketIoFixture::expect_ended(std::vector<std::string> const& packets, std::uint16_t code)
{
    auto bad = client();
    for (auto const& packet : packets) send(*bad, packet);
    auto const shown = packets.empty() ? "" : packets.back().substr(0, 80);
    EXPECT_EQ(bad->close_code(), code) << shown;
    EXPECT_TRUE(bad->engine().socket().connection().closed()) << shown;
    bad.reset();
    EXPECT_TRUE(has_connections(staying)) << shown;
    expect_healthy();
}

void SocketIoFixture::send(test::RawSocketIo& client, std::string const& packet)
{
    constexpr std::string_view mark = "bytes:";
    if (packet.starts_with(mark)) client.attach(packet.substr(mark.size()));
    else client.send(packet);
}

void SocketIoFixture::wait_until_read(test::RawSocketIo& client)
{
    client.engine().socket().send({test::Opcode::ping, "did you read it?"});
    EXPECT_EQ(client.engine().socket().read().value_or(test::Frame()).opcode, test::Opcode::pong);
}

void SocketIoFixture::expect_served(test::RawSocketIo& client)
{
    client.send(R"(27["add",1,2])");
    EXPECT_EQ(client.next(), "37[3]");
}

void SocketIoFixture::expect_healthy()
{
    expect_served(*client());
}

bool SocketIoFixture::has_connections(std::size_t count)
{
    return test::eventually([&] { return server->on_io([this] { return io->connections(); }) == count; });
}

bool SocketIoFixture::has_no_sockets()
{
    return test::eventually([&] { return server->metrics_text().find("\nhttp_connections 0\n") != std::string::npos; });
}

} // namespace learning_loop::socketio
