#include "learning_loop/detector/detector_parts.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/version.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/detector/control_api.h"
#include "learning_loop/detector/detect_api.h"
#include "learning_loop/detector/page/live_page.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/node/mute_api.h"
#include "learning_loop/node/node_door.h"

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace_of_events{400}; // for those in flight, of which clients may want no ack
constexpr std::chrono::milliseconds grace{300};           // for images whose requests have ended
constexpr std::size_t json_bytes = 64 * 1024;             // beside the bytes of the longest image

/// The images of an event may have twice the bytes of one image together, as those of an upload may.
socketio::ServerOptions socketio_options(ImageLimits const& limits)
{
    socketio::ServerOptions options;
    options.packets.max_attachment_bytes = 2 * limits.max_bytes;
    options.engine.max_payload = limits.max_bytes + json_bytes;
    return options;
}

/// Images are detected also where it cannot be made.
std::unique_ptr<CommandSocket> make_command_socket(Runner& runner, std::filesystem::path const& data_folder,
                                                   OutboxDesk& desk)
{
    auto answer = [&desk](std::string request) { return desk.answer_text(std::move(request)); };
    try {
        return std::make_unique<CommandSocket>(runner.executor(), data_folder, std::move(answer));
    } catch (std::system_error const& failure) {
        log::warn("`learning-loop outbox` cannot change anything while this runs: {}", failure.what());
        return nullptr;
    }
}

} // namespace

DetectorParts::DetectorParts(Runner& runner, DetectorKind const& kind, DetectorSettings const& settings_,
                             std::string uuid, SoftReload::ReadSettings read_settings)
    : settings(settings_),
      door(node_door(settings)),
      outbox(runner.executor(), settings.data_folder / "outbox", outbox_limits(settings),
             real_disk(settings.outbox_durability)),
      session(runner.executor(), settings),
      loop(session, Context{settings.organization, settings.project}),
      uploader(outbox, loop),
      outbox_desk(outbox),
      commands(make_command_socket(runner, settings.data_folder, outbox_desk)),
      detection(runner.executor(), kind.factory(settings), settings.streams, image_limits(settings)),
      filter(settings.min_uncertain_threshold, settings.max_uncertain_threshold),
      keeper(outbox, image_limits(settings), settings.jpeg_quality),
      metrics(runner.metrics()),
      detector(detection, filter, keeper, metrics, recent),
      updates(runner.executor(), {settings.data_folder, kind.model_format, settings.exclusive_model_build}, loop,
              detection, runner.metrics()),
      sync(runner.executor(), settings, std::move(uuid), loop, updates, detection, uploader),
      soft_reload({settings, uploader, outbox, detection, filter, sync}, kind, std::move(read_settings)),
      detect_events(detector, detection, image_limits(settings)),
      control_events(door, sync, uploader, soft_reload),
      socketio(runner.executor(), socketio_options(image_limits(settings))),
      model_format_(kind.model_format)
{
    auto& router = runner.router();
    router.guard(door);
    add_detect_api(router, detector, image_limits(settings));
    add_control_api(router, sync, uploader, soft_reload, settings.use_backdoor_controls);
    add_mute_api(router, [this](bool is_muted) { sync.set_muted(is_muted); });
    add_live_page(router, recent, [this] { return live_status(); });
    auto& events = socketio.of("/").events;
    detect_events.add_to(events);
    control_events.add_to(events);
    socketio.add_to(router, std::string(loop_api::socketio));
    metrics.watch(detection, outbox);
    runner.health().add("model", [this]() -> std::optional<std::string> {
        if (detection.ready()) return std::nullopt;
        return detection.updating_to() ? detection.check_ready().error().message : "no model is loaded";
    });
    http::add_service_api(router, runner.metrics(), runner.health(), settings.name);
}

LiveStatus DetectorParts::live_status() const
{
    LiveStatus status;
    status.name = settings.name;
    status.version = version();
    status.node_version = settings.node_version;
    status.loop = loop_url(settings);
    status.organization = settings.organization;
    status.project = settings.project;
    status.uptime = sync.uptime().count();
    status.images = metrics.evaluated();
    status.detections = metrics.detections();
    status.is_ready = detection.ready();
    status.model_format = model_format_;
    status.about = sync.about();
    status.outbox = {uploader.mode(), outbox.images(), outbox.bytes(), outbox.dropped(), outbox.rejected()};
    status.errors = sync.problems();
    if (auto const& problem = uploader.problem()) status.errors["outbox"] = *problem;
    return status;
}

void DetectorParts::start(TaskGroup& tasks)
{
    tasks.spawn("uploads", uploader.run());
    tasks.spawn("the Loop", sync.run());
    tasks.spawn("Socket.IO", socketio.run());
    if (commands) tasks.spawn("the commands", commands->serve());
}

Task<> DetectorParts::disconnect()
{
    co_await socketio.finish(grace_of_events);
    keeper.end();
    if (commands) co_await commands->finish();
}

Task<bool> DetectorParts::finish()
{
    bool const all_ended = co_await detection.finish(grace);
    if (!all_ended) log::critical("an image is still being evaluated: ending without it");
    co_return all_ended;
}

} // namespace learning_loop
