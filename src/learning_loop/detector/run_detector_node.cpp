#include "learning_loop/detector/run_detector_node.h"

#include "learning_loop/async/shutdown_signal.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/server/server.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/detector/control_api.h"
#include "learning_loop/detector/detect_api.h"
#include "learning_loop/node/node_uuid.h"

#include <boost/asio/io_context.hpp>

#include <opencv2/core/utility.hpp>

#include <cstdlib>
#include <iostream>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::milliseconds grace{1300};     // for requests in hand
constexpr std::chrono::milliseconds last_grace{400}; // for images that are being evaluated for nobody any more
constexpr int stuck_status = 3;

/// The user's code hangs, and nothing ends a thread but the end of the process. What was acknowledged is on the disk.
[[noreturn]] void end_with_a_stuck_detection()
{
    log::critical("an image is still being evaluated: ending without it");
    log::flush();
    std::_Exit(stuck_status);
}

http::ServerOptions options_of(DetectorSettings const& settings)
{
    auto options = server_options(settings, settings.data_folder);
    options.operator_token = settings.node_token.reveal();
    options.operators_need_token = !settings.open_control;
    return options;
}

/// The parts of the node, in the order of their dependency.
struct DetectorNode {
    DetectorNode(asio::io_context& io, DetectorKind const& kind, DetectorSettings const& settings, std::string uuid)
        : outbox(io.get_executor(), settings.data_folder / "outbox",
                 {.max_bytes = settings.outbox_max_bytes, .max_normal_images = settings.max_outbox_size.value_or(0)}),
          session(io.get_executor(), settings),
          loop(session, settings),
          uploader(outbox, loop),
          detection(io.get_executor(), kind.factory(settings), settings.streams),
          filter(settings.min_uncertain_threshold, settings.max_uncertain_threshold),
          keeper(outbox),
          sync(io.get_executor(), settings, std::move(uuid), kind.model_format, loop, detection, uploader),
          server(io.get_executor(), router, metrics, options_of(settings)),
          end(io.get_executor()),
          tasks(io.get_executor(), [this] { end.fail(); })
    {
        add_detect_api(router, detection, filter, keeper);
        add_control_api(router, sync, uploader);
        health.add("model", [this]() -> std::optional<std::string> {
            if (detection.ready()) return std::nullopt;
            return "no model is loaded";
        });
        metrics.gauge("outbox_images", "Images that wait for their upload.",
                      [this] { return static_cast<double>(outbox.images()); });
        metrics.gauge("outbox_bytes", "Bytes of these images.", [this] { return static_cast<double>(outbox.bytes()); });
        metrics.gauge("outbox_dropped_images", "Images without priority that made room for others, since the start.",
                      [this] { return static_cast<double>(outbox.dropped()); });
        http::add_service_api(router, metrics, health, settings.name);
    }

    /// Serves until a signal comes, then ends what runs, the server last but within its grace.
    Task<> run()
    {
        tasks.spawn("uploads", uploader.run());
        tasks.spawn("the Loop", sync.run());
        tasks.spawn("the server", server.serve());
        co_await end.wait();
        tasks.cancel();
        co_await server.finish(grace);
        bool const all_ended = co_await detection.finish(last_grace);
        if (!all_ended) end_with_a_stuck_detection();
        co_await tasks.join();
    }

    Outbox outbox;
    LoopSession session;
    LoopClient loop;
    OutboxUploader uploader;
    DetectionService detection;
    RelevanceFilter filter;
    ImageKeeper keeper;
    LoopSync sync;
    Metrics metrics;
    http::Health health;
    http::Router router;
    http::Server server;
    ShutdownSignal end;
    TaskGroup tasks;
};

int refuse(DetectorSettings const& settings, Error const& error)
{
    std::cerr << settings.name << ": " << error.message << "\n";
    return 2;
}

} // namespace

int run_detector_node(DetectorKind const& kind, int argc, char const* const* argv)
{
    start_log();
    cv::setNumThreads(1); // each stream is a thread already: OpenCV's own would fight with them for the cores
    auto const read = read_detector_settings(kind.name, {argc, argv});
    if (auto const* status = std::get_if<int>(&read)) return *status;
    auto settings = std::get<DetectorSettings>(read);
    start_log(settings.log_level);
    settings.data_folder = std::filesystem::absolute(settings.data_folder);
    try {
        auto const lock = FolderLock::take(settings.data_folder);
        if (!lock) return refuse(settings, lock.error());
        auto const uuid = node_uuid(settings.data_folder, settings.name);
        if (!uuid) return refuse(settings, uuid.error());

        asio::io_context io(1);
        DetectorNode node(io, kind, settings, *uuid);
        if (auto const bound = node.server.listen(); !bound) return refuse(settings, bound.error());
        log::info("{} is ready at {}, its Loop is {}", settings.name, node.server.url(), settings.loop_url);
        TaskGroup all(io.get_executor());
        all.spawn("the node", node.run());
        io.run();
        return node.end.exit_status();
    } catch (std::exception const& failure) {
        log::critical("{}", failure.what());
        return 1;
    }
}

} // namespace learning_loop
