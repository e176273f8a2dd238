#include "echo_program.h"

#include "learning_loop/async/shutdown_signal.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/settings/settings.h"
#include "learning_loop/http/server/server.h"

#include <boost/asio/io_context.hpp>
#include <boost/describe/class.hpp>

#include <iostream>

namespace ll = learning_loop;

BOOST_DESCRIBE_STRUCT(EchoSettings, (), (port, ping_interval_ms, ping_timeout_ms, max_payload, connect_timeout_ms))

namespace {

std::vector<ll::Setting> rows()
{
    return {{.field = "port", .meaning = "port on 127.0.0.1; 0: one that is free"},
            {.field = "ping_interval_ms", .meaning = "time between two pings", .min = 10, .max = 3'600'000},
            {.field = "ping_timeout_ms", .meaning = "longest time to the answer", .min = 10, .max = 3'600'000},
            {.field = "max_payload", .meaning = "longest message", .min = 1000, .max = 1 << 30, .bytes = true},
            {.field = "connect_timeout_ms",
             .meaning = "longest time from the handshake to a namespace (Socket.IO)",
             .min = 10,
             .max = 3'600'000}};
}

ll::Result<void> check(EchoSettings&, ll::SettingsReader const&)
{
    return {};
}

ll::Task<> serve(EchoService const& service, ll::http::Server& server, ll::ShutdownSignal& end,
                 boost::asio::any_io_executor executor)
{
    ll::TaskGroup running(executor, [&end] { end.fail(); });
    running.spawn("the service", service.run());
    running.spawn("the server", server.serve());
    co_await end.wait();
    running.cancel();
    co_await running.join();
    co_await service.finish();
    co_await server.finish(std::chrono::milliseconds(500));
}

} // namespace

ll::engineio::SessionOptions EchoSettings::session_options() const
{
    ll::engineio::SessionOptions options;
    options.ping_interval = std::chrono::milliseconds(ping_interval_ms);
    options.ping_timeout = std::chrono::milliseconds(ping_timeout_ms);
    options.max_payload = max_payload;
    return options;
}

int run_echo(int argc, char const* const* argv, char const* name, char const* purpose,
             std::function<EchoService(boost::asio::any_io_executor, EchoSettings const&)> const& make)
{
    ll::start_log();
    ll::ProgramDescription const program{name, purpose, rows()};
    auto const read = ll::read_settings(program, EchoSettings(), {argc, argv}, check);
    if (auto const* status = std::get_if<int>(&read)) return *status;
    auto const& settings = std::get<EchoSettings>(read);

    boost::asio::io_context io(1);
    auto const service = make(io.get_executor(), settings);
    ll::Metrics metrics;
    ll::http::Router router;
    service.add_to(router);
    ll::http::ServerOptions options;
    options.port = settings.port;
    options.access_log = false;
    ll::http::Server server(io.get_executor(), router, metrics, options);
    if (auto const bound = server.listen(); !bound) {
        std::cerr << name << ": " << bound.error().message << "\n";
        return 2;
    }
    ll::ShutdownSignal end(io.get_executor());
    ll::TaskGroup tasks(io.get_executor());
    tasks.spawn("the program", serve(service, server, end, io.get_executor()));
    ll::log::info("listening on {}", server.url());
    io.run();
    return end.exit_status();
}
