// A Socket.IO server: messages come back, with their attachments; events that want an ack get their arguments.
#include "echo_program.h"

#include "learning_loop/socketio/server.h"

namespace ll = learning_loop;
namespace io = learning_loop::socketio;

namespace {

class EchoParts final : public ll::Parts {
public:
    EchoParts(ll::Runner& runner, EchoSettings const& settings) : server_(runner.executor(), options_of(settings))
    {
        for (auto const* name : {"/", "/custom"}) {
            auto& nsp = server_.of(name);
            nsp.connected = [this](io::PeerPtr const& peer) { welcome(peer); };
            nsp.events.on("message", *this, &EchoParts::send_back);
            nsp.events.on("message-with-ack", *this, &EchoParts::acknowledge);
            nsp.events.on("call-me", *this, &EchoParts::call_back);
        }
        server_.add_to(runner.router(), "/socket.io");
    }

    void start(ll::TaskGroup& tasks) override { tasks.spawn("Socket.IO", server_.run()); }
    ll::Task<> disconnect() override { return server_.finish(); }

private:
    static io::ServerOptions options_of(EchoSettings const& settings)
    {
        io::ServerOptions options;
        options.engine = settings.session_options();
        options.connect_timeout = std::chrono::milliseconds(settings.connect_timeout_ms);
        return options;
    }

    void welcome(io::PeerPtr const& peer)
    {
        auto const auth = peer->auth.is_null() ? boost::json::value(boost::json::object()) : peer->auth;
        server_.emit(peer, "auth", io::Arguments::of(auth));
    }

    ll::Task<ll::Result<void>> send_back(io::PeerPtr peer, io::Arguments arguments)
    {
        server_.emit(peer, "message-back", std::move(arguments));
        co_return ll::Result<void>();
    }

    ll::Task<ll::Result<io::Arguments>> acknowledge(io::Arguments arguments) { co_return arguments; }

    /// Calls the peer back, and sends it what it answered.
    ll::Task<ll::Result<void>> call_back(io::PeerPtr peer, io::Arguments arguments)
    {
        auto answer = co_await server_.call(peer, "question", std::move(arguments), std::chrono::seconds(10));
        if (!answer) co_return answer.error();
        server_.emit(peer, "answered", std::move(*answer));
        co_return ll::Result<void>();
    }

    io::Server server_;
};

} // namespace

int main(int argc, char** argv)
{
    auto const build = [](ll::Runner& runner, EchoSettings const& settings) {
        return std::make_unique<EchoParts>(runner, settings);
    };
    return run_echo(argc, argv, "socketio_echo", "A Socket.IO server that sends back what it gets.", build);
}
