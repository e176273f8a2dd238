#include "echo_program.h"

#include "learning_loop/base/log.h"
#include "learning_loop/http/server/run_program.h"
#include "learning_loop/settings/settings.h"

#include <boost/describe/class.hpp>

#include <variant>
#include <vector>

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

ll::http::ServerOptions server_options(EchoSettings const& settings)
{
    ll::http::ServerOptions options;
    options.port = settings.port;
    options.access_log = false;
    return options;
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

int run_echo(int argc, char const* const* argv, char const* name, char const* purpose, BuildEcho const& build)
{
    ll::start_log();
    ll::ProgramDescription const description{name, purpose, rows()};
    auto const read = ll::read_settings(description, EchoSettings(), {argc, argv}, check);
    if (!read) return ll::refuse_settings(name, read.error());
    if (!*read) return 0; // --help
    auto const& settings = **read;
    ll::Program program;
    program.name = name;
    program.options = server_options(settings);
    program.grace = std::chrono::milliseconds(500);
    program.build = [&](ll::Runner& runner) { return build(runner, settings); };
    program.ready = [](ll::Runner const& runner) { return "listening on " + runner.url(); };
    return ll::run_program(program);
}
