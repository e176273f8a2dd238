#include "learning_loop/annotator/annotator_parts.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/node/mute_api.h"
#include "learning_loop/node/node_door.h"
#include "learning_loop/node/page/node_page.h"
#include "learning_loop/node/page/shared_status.h"

#include <algorithm>
#include <thread>

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace{1000}; // for actions that are worked on at the end
constexpr int max_actions = 5000;                // that wait: all people come over one connection

LoopConnectionOptions connection_options(AnnotatorSettings const& settings)
{
    auto options = loop_connection_options(settings, NodeType::annotation_node);
    options.load.max_events = max_actions;
    return options;
}

ShownImageOptions image_options(AnnotatorSettings const& settings)
{
    ShownImageOptions options;
    options.data_folder = settings.data_folder;
    options.disk_bytes = settings.image_disk_bytes;
    options.memory_bytes = settings.image_memory_bytes;
    options.limits.max_pixels = static_cast<std::int64_t>(settings.max_image_pixels);
    return options;
}

DrawingOptions drawing_options(AnnotatorSettings const& settings)
{
    auto const cores = std::max(1u, std::thread::hardware_concurrency());
    auto const threads = settings.threads > 0 ? static_cast<unsigned>(settings.threads) : cores;
    return {threads, static_cast<std::size_t>(settings.max_windows)};
}

} // namespace

AnnotatorParts::AnnotatorParts(Runner& runner, AnnotatorKind const& kind, AnnotatorSettings const& settings_,
                               std::string uuid)
    : settings(settings_),
      door(node_door(settings)),
      session(runner.executor(), settings),
      connection(runner.executor(), session, problems, connection_options(settings), [&runner] { runner.stop(); }),
      metrics(runner.metrics()),
      images(session, image_options(settings)),
      drawings(
          images, metrics, drawing_options(settings), kind.begin,
          [this](Context project, SegmentationAnnotation shape) { return send(std::move(project), std::move(shape)); }),
      events(drawings),
      reports(runner.executor(), connection, problems, {.event = "update_annotation_node"},
              [this] { return socketio::Arguments::of(report()); }),
      uuid_(std::move(uuid)),
      purpose_(kind.purpose)
{
    auto& router = runner.router();
    router.guard(door);
    events.add_to(connection.events());
    add_mute_api(router, [this](bool is_muted) { connection.set_muted(is_muted); });
    add_node_page(router, [this] { return page_status(); });
    runner.health().add("Loop", [this]() -> std::optional<std::string> {
        if (connection.is_connected()) return std::nullopt;
        return "there is no connection to the Loop";
    });
    http::add_service_api(router, runner.metrics(), runner.health(), settings.name);
}

void AnnotatorParts::start(TaskGroup& tasks)
{
    tasks.spawn("the connection to the Loop", connection.run());
    tasks.spawn("the reports", reports.run());
}

Task<bool> AnnotatorParts::finish()
{
    bool const all_ended = co_await drawings.finish(grace);
    if (!all_ended) log::critical("the annotator's tool is still at work: ending without it");
    co_return all_ended;
}

Task<Result<void>> AnnotatorParts::send(Context project, SegmentationAnnotation shape)
{
    NodeResult result;
    result.when = timestamp_now();
    result.what = project.organization + "/" + project.project + ", image " + shape.image_id;
    auto const sent = co_await send_shape(connection, std::move(project), std::move(shape));
    result.outcome = sent ? "the Loop has the shape" : sent.error().message;
    result.is_failure = !sent;
    results_.push_front(std::move(result));
    if (results_.size() > max_results) results_.pop_back();
    co_return sent;
}

AnnotatorStatus AnnotatorParts::report() const
{
    AnnotatorStatus status;
    status.id = uuid_;
    status.name = settings.name;
    status.uptime = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    status.errors = problems.all();
    status.capabilities = {"segmentation"};
    return status;
}

NodeStatus AnnotatorParts::page_status() const
{
    auto status = shared_status(settings, connection, problems, started_);
    status.kind = "annotator";
    status.purpose = "Outlines things in images together with people who draw in the Loop's web page. " + purpose_;
    status.facts = {{"Drawings", std::to_string(drawings.count())},
                    {"Answers since the start", std::to_string(metrics.answers())},
                    {"Shapes since the start", std::to_string(metrics.shapes())},
                    {"Images in memory", std::to_string(images.count())}};
    status.idle = "Waits for people who draw.";
    status.results.assign(results_.begin(), results_.end());
    return status;
}

} // namespace learning_loop
