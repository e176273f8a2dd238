// A Socket.IO server of ours with all its limits and deadlines: the event `count` is acked with the size of its bytes,
// `echo` with its arguments.
#include "learning_loop/socketio/server.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/server/run_program.h"
#include "learning_loop/http/server/runner.h"

#include <cstdlib>
#include <memory>

namespace ll = learning_loop;

class BenchApi {
public:
    ll::Task<ll::Result<std::uint64_t>> count(ll::Bytes bytes) { co_return bytes.size(); }
    ll::Task<ll::Result<ll::socketio::Arguments>> echo(ll::socketio::Arguments arguments) { co_return arguments; }
};

class BenchParts final : public ll::Parts {
public:
    explicit BenchParts(ll::Runner& runner) : socketio_(runner.executor())
    {
        auto& nsp = socketio_.of("/");
        nsp.events.on("count", api_, &BenchApi::count);
        nsp.events.on("echo", api_, &BenchApi::echo);
        socketio_.add_to(runner.router(), "/socket.io");
    }

    void start(ll::TaskGroup& tasks) override { tasks.spawn("Socket.IO", socketio_.run()); }
    ll::Task<> disconnect() override { return socketio_.finish(); }

private:
    BenchApi api_;
    ll::socketio::Server socketio_;
};

int main(int argc, char** argv)
{
    ll::start_log();
    ll::Program program;
    program.name = "bench_socketio_server";
    program.options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    program.build = [](ll::Runner& runner) { return std::make_unique<BenchParts>(runner); };
    program.ready = [](ll::Runner const& runner) { return "listening on " + runner.url(); };
    return ll::run_program(program);
}
