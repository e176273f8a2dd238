#include "learning_loop/detector/detector_parts.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/metrics.h"
#include "learning_loop/detector/control_api.h"
#include "learning_loop/detector/detect_api.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/http/server/runner.h"

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace{400}; // for images whose requests have ended

OutboxLimits outbox_limits(DetectorSettings const& settings)
{
    OutboxLimits limits;
    limits.max_bytes = settings.outbox_max_bytes;
    limits.max_normal_images = settings.max_outbox_size.value_or(0);
    return limits;
}

http::OperatorDoor door_of(DetectorSettings const& settings)
{
    using WithoutToken = http::OperatorDoor::WithoutToken;
    if (settings.open_control) return {Secret(), WithoutToken::open};
    return {settings.node_token, http::is_loopback(settings.host) ? WithoutToken::open : WithoutToken::closed};
}

void add_metrics(Metrics& metrics, Outbox const& outbox)
{
    metrics.gauge("outbox_images", "Images that wait for their upload.",
                  [&outbox] { return static_cast<double>(outbox.images()); });
    metrics.gauge("outbox_bytes", "Bytes of these images.", [&outbox] { return static_cast<double>(outbox.bytes()); });
    metrics.gauge("outbox_dropped_images", "Images without priority that made room for others, since the start.",
                  [&outbox] { return static_cast<double>(outbox.dropped()); });
}

} // namespace

DetectorParts::DetectorParts(Runner& runner, DetectorKind const& kind, DetectorSettings const& settings_,
                             std::string uuid)
    : settings(settings_),
      door(door_of(settings)),
      outbox(runner.executor(), settings.data_folder / "outbox", outbox_limits(settings)),
      session(runner.executor(), settings),
      loop(session, Context{settings.organization, settings.project}),
      uploader(outbox, loop),
      detection(runner.executor(), kind.factory(settings), settings.streams),
      filter(settings.min_uncertain_threshold, settings.max_uncertain_threshold),
      keeper(outbox),
      detector(detection, filter, keeper),
      sync(runner.executor(), settings, std::move(uuid), kind.model_format, loop, detection, uploader)
{
    runner.router().guard(door);
    add_detect_api(runner.router(), detector);
    add_control_api(runner.router(), sync, uploader);
    add_metrics(runner.metrics(), outbox);
    runner.health().add("model", [this]() -> std::optional<std::string> {
        if (detection.ready()) return std::nullopt;
        return "no model is loaded";
    });
    http::add_service_api(runner.router(), runner.metrics(), runner.health(), settings.name);
}

void DetectorParts::start(TaskGroup& tasks)
{
    tasks.spawn("uploads", uploader.run());
    tasks.spawn("the Loop", sync.run());
}

Task<bool> DetectorParts::finish()
{
    bool const all_ended = co_await detection.finish(grace);
    if (!all_ended) log::critical("an image is still being evaluated: ending without it");
    co_return all_ended;
}

} // namespace learning_loop
