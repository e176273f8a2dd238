// A Socket.IO server: messages come back, with their attachments; events that want an ack get their arguments.
#include "echo_program.h"
#include "learning_loop/socketio/server.h"

namespace ll = learning_loop;
namespace io = learning_loop::socketio;

namespace {

class Echo {
public:
    Echo(boost::asio::any_io_executor executor, EchoSettings const& settings)
        : server_(std::move(executor), options_of(settings))
    {
        for (auto const* name : {"/", "/custom"}) {
            auto& nsp = server_.of(name);
            nsp.connected = [this](io::PeerPtr const& peer) { welcome(peer); };
            nsp.events.on("message", *this, &Echo::send_back);
            nsp.events.on("message-with-ack", *this, &Echo::acknowledge);
            nsp.events.on("call-me", *this, &Echo::call_back);
        }
    }

    io::Server& server() { return server_; }

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

    /// Asks the peer back, and tells it what it answered.
    ll::Task<ll::Result<void>> call_back(io::PeerPtr peer, io::Arguments arguments)
    {
        auto answer = co_await server_.call(peer, "question", std::move(arguments), std::chrono::seconds(10));
        if (!answer) co_return answer.error();
        server_.emit(peer, "answered", std::move(*answer));
        co_return ll::Result<void>();
    }

    io::Server server_;
};

EchoService make(boost::asio::any_io_executor executor, EchoSettings const& settings)
{
    auto const echo = std::make_shared<Echo>(std::move(executor), settings); // shared: by the three functions
    return {[echo](ll::http::Router& router) { echo->server().add_to(router, "/socket.io"); },
            [echo] { return echo->server().run(); }, [echo] { return echo->server().finish(); }};
}

} // namespace

int main(int argc, char** argv)
{
    return run_echo(argc, argv, "socketio_echo", "A Socket.IO server that sends back what it gets.", make);
}
