// An Engine.IO server: every message comes back as it came.
#include "echo_program.h"
#include "learning_loop/socketio/engineio/server.h"

namespace ll = learning_loop;

namespace {

class Echo {
public:
    Echo(boost::asio::any_io_executor executor, EchoSettings const& settings)
        : server_(std::move(executor), settings.session_options(), application())
    {}

    ll::engineio::Server& server() { return server_; }

private:
    ll::engineio::Application application()
    {
        ll::engineio::Application application;
        application.opened = [](std::string const&, ll::http::Headers const&) {};
        application.received = [this](std::string const& sid, ll::engineio::Message message) {
            server_.send(sid, {std::move(message)});
        };
        application.closed = [](std::string const&, std::string const&) {};
        return application;
    }

    ll::engineio::Server server_;
};

EchoService make(boost::asio::any_io_executor executor, EchoSettings const& settings)
{
    auto const echo = std::make_shared<Echo>(std::move(executor), settings); // shared: by the three functions
    return {[echo](ll::http::Router& router) { echo->server().add_to(router, "/engine.io"); },
            [echo] { return echo->server().run(); }, [echo] { return echo->server().finish(); }};
}

} // namespace

int main(int argc, char** argv)
{
    return run_echo(argc, argv, "engineio_echo", "An Engine.IO server that sends back what it gets.", make);
}
