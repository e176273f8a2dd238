#include "learning_loop/server/run_server.h"

#include "learning_loop/async/shutdown_signal.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/server/server.h"
#include "learning_loop/server/loop_parts.h"
#include "learning_loop/server/settings.h"

#include <boost/asio/io_context.hpp>

#include <iostream>

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace{1000}; // for requests in hand at the end

int refuse(Error const& error)
{
    std::cerr << "learning-loop server: " << error.message << "\n";
    return 2;
}

Task<> serve_until_signal(http::Server& server, ShutdownSignal& end, boost::asio::any_io_executor executor)
{
    TaskGroup listening(executor, [&end] { end.fail(); });
    listening.spawn("the listener", server.serve());
    co_await end.wait();
    listening.cancel();
    co_await listening.join();
    co_await server.finish(grace);
}

} // namespace

int run_server(int argc, char const* const* argv)
{
    start_log();
    auto const read = read_server_settings({argc, argv});
    if (auto const* status = std::get_if<int>(&read)) return *status;
    auto const& settings = std::get<ServerSettings>(read);
    start_log(settings.log_level);
    auto const folder = std::filesystem::absolute(settings.data_folder);
    auto const lock = FolderLock::take(folder);
    if (!lock) return refuse(lock.error());

    // Built in the order of dependency; destroyed in the reverse order when we return.
    boost::asio::io_context io(1);
    Metrics metrics;
    http::Router router;
    http::Server server(io.get_executor(), router, metrics, server_options(settings, folder));
    if (auto const listening = server.listen(); !listening) return refuse(listening.error());
    LoopParts parts(router, metrics, folder, server.url());
    TaskGroup tasks(io.get_executor());
    ShutdownSignal end(io.get_executor());
    tasks.spawn("the server", serve_until_signal(server, end, io.get_executor()));
    log::info("the Loop is ready at {}", server.url());
    io.run();
    return end.exit_status();
}

} // namespace learning_loop
