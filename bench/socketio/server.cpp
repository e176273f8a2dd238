// A Socket.IO server of ours with all its limits and deadlines: the event `count` is acked with the size of its bytes,
// `echo` with its arguments.
#include "learning_loop/http/server/server.h"
#include "learning_loop/base/log.h"
#include "learning_loop/socketio/server.h"

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <iostream>

namespace ll = learning_loop;

class BenchApi {
public:
    ll::Task<ll::Result<std::uint64_t>> count(ll::Bytes bytes) { co_return bytes.size(); }
    ll::Task<ll::Result<ll::socketio::Arguments>> echo(ll::socketio::Arguments arguments) { co_return arguments; }
};

int main(int argc, char** argv)
{
    ll::start_log();
    boost::asio::io_context io(1);
    BenchApi api;
    ll::socketio::Server socketio(io.get_executor());
    auto& nsp = socketio.of("/");
    nsp.events.on("count", api, &BenchApi::count);
    nsp.events.on("echo", api, &BenchApi::echo);
    ll::Metrics metrics;
    ll::http::Router router;
    socketio.add_to(router, "/socket.io");
    ll::http::ServerOptions options;
    options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    ll::http::Server server(io.get_executor(), router, metrics, options);
    if (auto const bound = server.listen(); !bound) {
        std::cerr << bound.error().message << "\n";
        return 2;
    }
    ll::TaskGroup tasks(io.get_executor());
    tasks.spawn("Socket.IO", socketio.run());
    tasks.spawn("the server", server.serve());
    io.run(); // until it is killed
}
