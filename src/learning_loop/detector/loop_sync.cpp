#include "learning_loop/detector/loop_sync.h"

#include "learning_loop/async/both.h"
#include "learning_loop/base/log.h"

namespace learning_loop {
namespace {

constexpr std::chrono::seconds cycle{5};
constexpr std::chrono::hours until_unmuted{1};

} // namespace

LoopSync::LoopSync(boost::asio::any_io_executor executor, DetectorSettings const& settings, std::string uuid,
                   LoopClient& loop, ModelUpdates& updates, DetectionService const& detection,
                   OutboxUploader const& uploader)
    : settings_(settings),
      uuid_(std::move(uuid)),
      loop_(loop),
      updates_(updates),
      detection_(detection),
      uploader_(uploader),
      choice_(loop, version_control(settings)),
      muted_(settings.skip_repeat_on_start),
      pause_(std::move(executor))
{
    updates_.tell([this] {
        note_problems();
        changed_ = true;
        pause_.wake();
    });
}

Task<> LoopSync::run()
{
    co_await updates_.load_last();
    if (operation_mode_ == OperationMode::startup) operation_mode_ = OperationMode::idle;
    allow_updates();
    auto cycles = run_cycles();
    auto updates = updates_.follow();
    co_await both(std::move(cycles), std::move(updates));
}

Task<> LoopSync::run_cycles()
{
    for (int count = 0;; ++count) {
        while (muted_) co_await pause_.sleep(until_unmuted);
        if (!updates_.format().empty() && operation_mode_ == OperationMode::idle) {
            co_await choice_.ask_loop();
            if (updates_.want(choice_.installable())) changed_ = true;
        }
        note_problems();
        if (changed_ || count % settings_.sync_cycles == 0) co_await report();
        co_await pause_.sleep(std::max<std::chrono::milliseconds>(cycle, loop_.asked_wait()));
    }
}

Task<> LoopSync::report()
{
    DetectorStatus status;
    status.uuid = uuid_;
    status.name = settings_.name;
    status.uptime = uptime().count();
    status.model_format = updates_.format();
    status.current_model = updates_.running_version();
    status.target_model = about().target_model;
    status.errors = problems();
    status.operation_mode = operation_mode_;
    status.node_version = settings_.node_version;
    changed_ = false;
    auto const told = co_await loop_.report(std::move(status));
    set_problem("report", told ? std::nullopt : std::optional(told.error().message));
    if (!told) changed_ = true;
}

Task<Result<void>> LoopSync::choose(std::string text)
{
    auto const chosen = co_await choice_.choose(std::move(text));
    changed_ = true;
    updates_.want(choice_.installable());
    if (chosen) updates_.try_now();
    pause_.wake();
    co_return chosen;
}

void LoopSync::set_operation_mode(OperationMode mode)
{
    if (mode == operation_mode_) return;
    log::info("operation mode: {}", boost::describe::enum_to_string(mode, "?"));
    operation_mode_ = mode;
    changed_ = true;
    allow_updates();
    pause_.wake();
}

void LoopSync::set_muted(bool muted)
{
    muted_ = muted;
    allow_updates();
    pause_.wake();
}

void LoopSync::allow_updates()
{
    updates_.allow(operation_mode_ == OperationMode::idle && !muted_);
}

Task<Result<void>> LoopSync::reload()
{
    set_operation_mode(OperationMode::startup);
    choice_.start_anew(version_control(settings_));
    updates_.want(std::nullopt);
    auto const loaded = co_await updates_.reload();
    // Unless somebody chose another one meanwhile.
    if (operation_mode_ == OperationMode::startup) set_operation_mode(OperationMode::idle);
    changed_ = true;
    pause_.wake();
    co_return loaded;
}

Task<Result<void>> LoopSync::forget_models()
{
    choice_.forget_targets();
    auto const forgotten = co_await updates_.forget_models();
    choice_.forget_targets();
    updates_.want(std::nullopt);
    co_return forgotten;
}

AboutDetector LoopSync::about() const
{
    AboutDetector about;
    about.operation_mode = operation_mode_;
    if (auto const* model = detection_.model(); model && !updates_.format().empty()) about.model_info = *model;
    if (auto const& target = choice_.target()) about.target_model = target->version;
    about.version_control = choice_.control();
    return about;
}

ModelVersions LoopSync::versions() const
{
    ModelVersions versions;
    versions.current_version = updates_.running_version().value_or("None");
    if (auto const& target = choice_.target()) versions.target_version = target->version;
    if (auto const& target = choice_.loop_target()) versions.loop_version = target->version;
    versions.local_versions = updates_.local_versions();
    versions.version_control = choice_.control();
    return versions;
}

void LoopSync::note_problems()
{
    auto update = updates_.problem();
    bool const is_refused = choice_.refusal() && choice_.control() == VersionControl::follow_loop;
    if (is_refused) update = "Could not update model: " + *choice_.refusal();
    set_problem("update_model", std::move(update));
    set_problem("deployment_target", choice_.problem());
    set_problem("outbox", uploader_.problem());
}

void LoopSync::set_problem(std::string const& step, std::optional<std::string> problem)
{
    if (problems_.set(step, std::move(problem))) changed_ = true;
}

} // namespace learning_loop
