// An Engine.IO server: every message comes back as it came.
#include "echo_program.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/socketio/engineio/server.h"

namespace ll = learning_loop;

namespace {

class EchoParts final : public ll::Parts {
public:
    EchoParts(ll::Runner& runner, EchoSettings const& settings)
        : server_(runner.executor(), settings.session_options(), application())
    {
        server_.add_to(runner.router(), "/engine.io");
    }

    void start(ll::TaskGroup& tasks) override { tasks.spawn("Engine.IO", server_.run()); }
    ll::Task<> disconnect() override { return server_.finish(); }

private:
    ll::engineio::Application application()
    {
        ll::engineio::Application application;
        application.opened = [](std::string const&, ll::engineio::Handshake const&) {};
        application.received = [this](std::string const& sid, ll::engineio::Message message) {
            server_.send(sid, {std::move(message)});
        };
        application.closed = [](std::string const&, std::string const&) {};
        return application;
    }

    ll::engineio::Server server_;
};

} // namespace

int main(int argc, char** argv)
{
    auto const build = [](ll::Runner& runner, EchoSettings const& settings) {
        return std::make_unique<EchoParts>(runner, settings);
    };
    return run_echo(argc, argv, "engineio_echo", "An Engine.IO server that sends back what it gets.", build);
}
