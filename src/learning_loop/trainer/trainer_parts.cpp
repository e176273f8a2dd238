#include "learning_loop/trainer/trainer_parts.h"

#include "learning_loop/async/holds_within.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/node/mute_api.h"
#include "learning_loop/node/node_door.h"
#include "learning_loop/node/page/node_page.h"
#include "learning_loop/node/page/shared_status.h"
#include "learning_loop/trainer/dataset/download_pace.h"
#include "learning_loop/trainer/steps/training_states.h"
#include "learning_loop/trainer/trainer_api.h"
#include "learning_loop/trainer/trainer_page.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds grace{1500};          // for a call of the logic at the end
constexpr std::chrono::milliseconds time_to_tell{10'000}; // the Loop the end of a training; it may be away

LoopSessionOptions session_options(TrainerSettings const& settings)
{
    auto options = loop_session_options(settings);
    options.http.max_at_once = DownloadPaceOptions().max_at_once;
    return options;
}

TrainerIdentity identity_of(TrainerLogic const& logic, TrainerSettings const& settings, std::string uuid)
{
    return {std::move(uuid),           settings.name,  logic.format(), logic.architecture(),
            logic.pretrained_models(), logic.detects()};
}

} // namespace

TrainerParts::TrainerParts(Runner& runner, std::unique_ptr<TrainerLogic> logic_, TrainerSettings const& settings_,
                           std::string uuid)
    : settings(settings_),
      identity(identity_of(*logic_, settings, std::move(uuid))),
      door(node_door(settings)),
      session(runner.executor(), settings, session_options(settings)),
      connection(runner.executor(), session, problems, loop_connection_options(settings, NodeType::trainer),
                 [&runner] { runner.stop(); }),
      reports(runner.executor(), connection, problems, {.event = "update_trainer", .timeout = std::chrono::seconds(30)},
              [this] { return socketio::Arguments::of(report()); }),
      logic(std::move(logic_)),
      tools{.executor = runner.executor(),
            .session = session,
            .connection = connection,
            .problems = problems,
            .logic = logic,
            .controls = controls,
            .identity = identity,
            .batch_size = settings.inference_batch_size,
            .keep_old_trainings = settings.keep_old_trainings,
            .ends_after_training = settings.restart_after_training,
            .vram_limit_gb = settings.vram_limit_gb},
      store(settings.data_folder, identity.uuid),
      slot(settings.training_slot_lock),
      trainings(
          tools, store, slot, settings.data_folder, [this] { reports.tell_now(); },
          [this]() { return reports.tell(time_to_tell); }, [this] { end_after_training(); }),
      end_program_([&runner] { runner.stop(); }),
      executor_(runner.executor())
{
    auto& router = runner.router();
    router.guard(door);
    connection.events().on("begin_training", trainings, &TrainingRunner::begin);
    connection.events().on("stop_training", trainings, &TrainingRunner::stop);
    connection.events().on("abort_training", trainings, &TrainingRunner::abort);
    connection.on_connect([this] { trainings.wake(); });
    add_mute_api(router, [this](bool is_muted) { connection.set_muted(is_muted); });
    add_trainer_api(router, *this);
    if (settings.use_backdoor_controls) add_test_api(router, *this);
    add_node_page(router, [this] { return page_status(); });
    runner.health().add("Loop", [this]() -> std::optional<std::string> {
        if (connection.is_connected()) return std::nullopt;
        return "there is no connection to the Loop";
    });
    http::add_service_api(router, runner.metrics(), runner.health(), settings.name);
}

void TrainerParts::start(TaskGroup& tasks)
{
    tasks.spawn("the connection to the Loop", connection.run());
    tasks.spawn("the reports", reports.run());
    tasks.spawn("the trainings", trainings.run());
    if (settings.trainer_idle_timeout_sec > 0) tasks.spawn("the idle timeout", end_when_idle());
}

Task<bool> TrainerParts::finish()
{
    if (!co_await trainings.stop_process()) {
        log::critical("a process that trains cannot be ended: ending without it");
        co_return false;
    }
    auto is_idle = [this] { return !logic.is_busy() && tools.files.waiting() == 0 && tools.images.waiting() == 0; };
    bool const has_ended = co_await holds_within(std::move(is_idle), grace);
    if (!has_ended) log::critical("the trainer's logic, or the disk, is still at work: ending without it");
    co_return has_ended;
}

void TrainerParts::end_after_training()
{
    if (!settings.restart_after_training) return;
    log::info("the program ends, as RESTART_AFTER_TRAINING wants it");
    end_program_();
}

Task<> TrainerParts::end_when_idle()
{
    std::chrono::duration<double> const limit(settings.trainer_idle_timeout_sec);
    boost::asio::steady_timer timer(executor_);
    for (;;) {
        timer.expires_after(std::chrono::milliseconds(500));
        co_await timer.async_wait(boost::asio::use_awaitable);
        if (trainings.active() || std::chrono::steady_clock::now() - trainings.idle_since() < limit) continue;
        log::info("the program ends, since it had no training for {} s (TRAINER_IDLE_TIMEOUT_SEC)", limit.count());
        end_program_();
        co_return;
    }
}

TrainingStatus TrainerParts::report() const
{
    TrainingStatus status;
    status.id = identity.uuid;
    status.name = settings.name;
    status.state = words_of(trainings.state());
    status.pretrained_models = identity.pretrained_models;
    status.architecture = identity.architecture;
    status.errors = problems.all();
    if (auto const* active = trainings.active()) {
        status.uptime = trainings.uptime().count();
        status.progress = active->progress();
        status.context = active->record.context;
    }
    return status;
}

NodeStatus TrainerParts::page_status() const
{
    auto status = shared_status(settings, connection, problems, started_);
    status.kind = "trainer";
    status.purpose = "Trains models for the Loop: " + identity.architecture + ".";
    status.facts = {{"State", words_of(trainings.state())}, {"Format", tools.identity.format}};
    add_training(status, trainings);
    return status;
}

} // namespace learning_loop
