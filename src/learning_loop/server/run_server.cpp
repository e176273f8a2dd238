#include "learning_loop/server/run_server.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/net/http/server.h"
#include "learning_loop/server/deployment_api.h"
#include "learning_loop/server/generator_api.h"
#include "learning_loop/server/image_api.h"
#include "learning_loop/server/model_api.h"
#include "learning_loop/server/page.h"
#include "learning_loop/server/project_api.h"
#include "learning_loop/server/session_api.h"
#include "learning_loop/server/settings.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <iostream>

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace{1000}; // for requests in hand at the end

int refuse(Error const& error)
{
    std::cerr << "learning-loop server: " << error.message << "\n";
    return 2;
}

Task<> serve_until_signal(boost::asio::any_io_executor executor, http::Server& server, int& status)
{
    boost::asio::signal_set signals(executor, SIGINT, SIGTERM);
    auto fail = [&] { // what was acknowledged is on disk: whoever supervises us starts us anew
        status = 1;
        signals.cancel();
    };
    TaskGroup listening(executor, fail);
    listening.spawn("listener", server.serve());
    co_await signals.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    log::info("the Loop ends");
    listening.cancel();
    co_await listening.join();
    co_await server.finish(grace);
}

} // namespace

int run_server(int argc, char const* const* argv)
{
    auto const read = read_server_settings(argc, argv);
    if (auto const* status = std::get_if<int>(&read)) return *status;
    auto const& settings = std::get<ServerSettings>(read);
    start_log();
    auto const folder = std::filesystem::absolute(settings.data_folder);
    auto const lock = FolderLock::take(folder);
    if (!lock) return refuse(lock.error());

    // Built in the order of dependency; destroyed in the reverse order when we return.
    boost::asio::io_context io(1);
    store::BlobFiles files(folder / "images");
    store::DatabaseLanes database(folder / "loop.db");
    store::ProjectRepository projects(database);
    store::ImageRepository images(database, files);
    store::ModelRepository models(database, folder / "models");
    store::DetectorRepository detectors(database);
    Lane checking("the image check", 100, 2);
    Lane rendering("the image generator", 20, 2);
    Lane packing("the model intake", 20);
    http::Router router;
    http::Server server(io.get_executor(), router, {settings.host, settings.port});
    if (auto const listening = server.listen(); !listening) return refuse(listening.error());
    auto const url = "http://" + settings.host + ":" + std::to_string(server.port());
    ModelIntake intake(models, packing, url);
    add_session_api(router);
    add_project_api(router, projects, images);
    add_image_api(router, projects, images, checking);
    add_generator_api(router, projects, images, intake, rendering);
    add_model_api(router, projects, models, intake);
    add_deployment_api(router, projects, models, detectors);
    add_page(router, {projects, images, models, detectors});
    TaskGroup tasks(io.get_executor());
    int status = 0;
    tasks.spawn("server", serve_until_signal(io.get_executor(), server, status));
    log::info("the Loop is ready at {}", url);
    io.run();
    return status;
}

} // namespace learning_loop
