#include "integration/socketio/engineio/engine_fixture.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/http/server/runner.h"

namespace learning_loop::engineio {
namespace {

struct EngineParts final : Parts {
    EngineParts(Runner& runner, EngineFixture& fixture)
        : server(runner.executor(), fixture.session, fixture.application(), fixture.max_sessions)
    {
        server.add_to(runner.router(), EngineFixture::path);
    }
    void start(TaskGroup& tasks) override { tasks.spawn("Engine.IO", server.run()); }
    Task<> disconnect() override { return server.finish(); }

    Server server;
};

} // namespace

std::uint16_t EngineFixture::port()
{
    if (server) return server->port();
    options.access_log = false;
    auto const build = [this](Runner& runner) {
        auto parts = std::make_unique<EngineParts>(runner, *this);
        engine = &parts->server;
        return parts;
    };
    server = std::make_unique<test::RunningServer>(build, options);
    return server->port();
}

Application EngineFixture::application()
{
    Application application;
    application.opened = [](std::string const&, Handshake const&) {};
    application.received = [this](std::string const& sid, Message message) {
        ++received;
        if (is_echo) engine->send(sid, {std::move(message)});
    };
    application.closed = [this](std::string const&, std::string const& why) { closed.add(why); };
    return application;
}

void EngineFixture::send(std::string const& sid, std::string const& text, int count)
{
    server->on_io([&] {
        for (int i = 0; i < count; ++i) engine->send(sid, {{false, Bytes(text)}});
        return 0;
    });
}

std::size_t EngineFixture::sessions()
{
    return server->on_io([this] { return engine->sessions(); });
}

bool EngineFixture::has_sessions(std::size_t count)
{
    return test::eventually([&] { return sessions() == count; });
}

bool EngineFixture::has_no_connections()
{
    return test::eventually([&] { return server->metrics_text().find("\nhttp_connections 0\n") != std::string::npos; });
}

void EngineFixture::expect_healthy()
{
    test::RawEngineIo client(port(), path);
    client.send("4are you well?");
    EXPECT_EQ(client.next(), "4are you well?");
}

test::RawResponse EngineFixture::ask(std::string const& bytes)
{
    test::RawConnection client(port());
    client.send(bytes);
    return client.response();
}

} // namespace learning_loop::engineio
