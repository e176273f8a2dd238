#include "learning_loop/detector/loop_sync.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

namespace learning_loop {
namespace {

constexpr std::chrono::seconds cycle{5};
constexpr std::chrono::hours until_unmuted{1};

/// The job, with `unavailable` instead of an exception: an update may fail on the disk in any way, and that must not
/// end the node, whose old model serves on.
template <class Job>
auto without_exceptions(Job job)
{
    return [job = std::move(job)]() mutable -> std::invoke_result_t<Job&> {
        try {
            return job();
        } catch (std::exception const& failure) {
            return Error{Errc::unavailable, failure.what()};
        }
    };
}

} // namespace

LoopSync::LoopSync(boost::asio::any_io_executor executor, DetectorSettings const& settings, std::string uuid,
                   std::string model_format, LoopClient& loop, DetectionService& detection,
                   OutboxUploader const& uploader)
    : settings_(settings),
      uuid_(std::move(uuid)),
      model_format_(std::move(model_format)),
      loop_(loop),
      detection_(detection),
      uploader_(uploader),
      models_(settings.data_folder),
      muted_(settings.skip_repeat_on_start),
      version_control_(version_control(settings)),
      local_versions_(models_.versions()),
      pause_(std::move(executor))
{}

Task<> LoopSync::run()
{
    co_await load_current();
    if (operation_mode_ == OperationMode::startup) operation_mode_ = OperationMode::idle;
    for (int count = 0;; ++count) {
        while (muted_) co_await pause_.sleep(until_unmuted);
        if (!model_format_.empty() && operation_mode_ == OperationMode::idle) {
            co_await ask_for_target();
            co_await follow_target();
        }
        set_problem("outbox", uploader_.problem());
        if (changed_ || count % settings_.sync_cycles == 0) co_await report();
        co_await pause_.sleep(std::max<std::chrono::milliseconds>(cycle, loop_.asked_wait()));
    }
}

/// Loads the model that ran last, or the logic that needs none. Nothing is wrong if there is no such model.
Task<Result<void>> LoopSync::load_current()
{
    auto const turn = co_await models_turn_.take();
    if (!turn) co_return turn.error();
    auto model = std::optional(ModelInformation{});
    if (!model_format_.empty()) {
        auto read = [this]() -> Result<std::optional<ModelInformation>> { return models_.current(); };
        auto find = without_exceptions(std::move(read));
        auto const current = co_await installing_.run(std::move(find));
        model = current ? *current : std::nullopt;
    }
    if (!model) co_return Result<void>();
    auto const loaded = co_await detection_.load(*model);
    if (loaded)
        log::info("{}", model_format_.empty() ? "ready; this detector needs no model"
                                              : "model " + model->version + " serves");
    auto const failure = [&] { return "Could not load model " + model->version + ": " + loaded.error().message; };
    set_problem("update_model", loaded ? std::nullopt : std::optional(failure()));
    co_return loaded;
}

Task<> LoopSync::ask_for_target()
{
    auto const target = co_await loop_.fetch_deployment_target();
    if (target) {
        loop_target_ = *target;
        if (version_control_ == VersionControl::follow_loop) target_ = *target;
    }
    // It is no problem if the project has no target: the model that runs stays.
    bool const is_problem = !target && target.error().code != Errc::not_found;
    target_is_refused_ = is_problem && target.error().code == Errc::invalid_argument;
    if (target_is_refused_) set_problem("update_model", "Could not update model: " + target.error().message);
    bool const is_unknown = is_problem && !target_is_refused_;
    set_problem("deployment_target", is_unknown ? std::optional(target.error().message) : std::nullopt);
}

Task<> LoopSync::follow_target()
{
    if (target_is_refused_ && version_control_ == VersionControl::follow_loop) co_return;
    bool const up_to_date = target_ && running_version() == target_->version;
    if (up_to_date) set_problem("update_model", std::nullopt); // an update that failed before is no longer wanted
    if (!target_ || up_to_date || std::chrono::steady_clock::now() < next_try_) co_return;
    auto const target = *target_;
    log::info("model {} is to replace {}", target.version, running_version().value_or("none"));
    changed_ = true;
    co_await report();
    auto const installed = co_await install(target);
    if (installed) {
        log::info("model {} serves", target.version);
        backoff_.reset();
        next_try_ = {};
        set_problem("update_model", std::nullopt);
    } else {
        next_try_ = std::chrono::steady_clock::now() + backoff_.next();
        set_problem("update_model", "Could not update model: " + installed.error().message);
    }
    changed_ = true;
}

Task<Result<void>> LoopSync::install(DeploymentTarget target)
{
    auto look = [this, target]() -> Result<ModelInformation> { return models_.read_installed(target.version); };
    auto find = without_exceptions(std::move(look));
    auto model = co_await installing_.run(std::move(find));
    bool const is_here = model && model->id == target.model_uuid;
    if (!is_here) model = co_await fetch(target);
    if (!model) co_return model.error();
    auto const turn = co_await models_turn_.take();
    if (!turn) co_return turn.error();
    auto const loaded = co_await detection_.load(*model);
    auto settle = [this, version = target.version, good = loaded.has_value()]() -> Result<std::vector<std::string>> {
        if (good) models_.make_current(version);
        else models_.remove(version); // so that it is downloaded again at the next try
        return models_.versions();
    };
    auto finish = without_exceptions(std::move(settle));
    auto const local = co_await installing_.run(std::move(finish));
    if (!local) co_return local.error();
    local_versions_ = *local;
    co_return loaded;
}

Task<Result<ModelInformation>> LoopSync::fetch(DeploymentTarget target)
{
    auto prepare = [this]() -> Result<std::filesystem::path> { return models_.empty_staging_folder() / "model.zip"; };
    auto begin = without_exceptions(std::move(prepare));
    auto const zip = co_await installing_.run(std::move(begin));
    if (!zip) co_return zip.error();
    auto const downloaded = co_await loop_.download_model(target.model_uuid, model_format_, *zip);
    if (!downloaded) co_return downloaded.error();
    auto unpack = [this, zip = *zip, version = target.version] { return models_.install(zip, version); };
    auto install = without_exceptions(std::move(unpack));
    co_return co_await installing_.run(std::move(install));
}

Task<> LoopSync::report()
{
    DetectorStatus status;
    status.uuid = uuid_;
    status.name = settings_.name;
    status.uptime = uptime().count();
    status.model_format = model_format_;
    status.current_model = running_version();
    status.target_model = about().target_model;
    status.errors = problems_;
    status.operation_mode = operation_mode_;
    status.node_version = settings_.node_version;
    changed_ = false;
    auto const told = co_await loop_.report(std::move(status));
    set_problem("report", told ? std::nullopt : std::optional(told.error().message));
    if (!told) changed_ = true;
}

Task<Result<void>> LoopSync::choose(std::string text)
{
    bool const is_mode = text == "follow_loop" || text == "pause";
    if (!is_mode && !is_version(text)) co_return Error{Errc::invalid_argument, "Invalid version number"};
    changed_ = true;
    next_try_ = {};
    if (!is_mode) co_return co_await choose_version(std::move(text));
    if (text == "pause") {
        version_control_ = VersionControl::pause;
        co_return Result<void>();
    }
    version_control_ = VersionControl::follow_loop;
    target_ = loop_target_;
    pause_.wake();
    co_return Result<void>();
}

Task<Result<void>> LoopSync::choose_version(std::string version)
{
    if (target_ && target_->version == version) { // so that it needs no Loop to stay where it is
        version_control_ = VersionControl::specific_version;
        co_return Result<void>();
    }
    auto const models = co_await loop_.fetch_models();
    version_control_ = VersionControl::pause; // unless the version is found
    if (!models) co_return Error{Errc::invalid_argument, "Failed to load models from learning loop"};
    std::vector<ListedModel> matches;
    for (auto const& model : *models) {
        if (model.version == version && is_uuid(model.id)) matches.push_back(model);
    }
    if (matches.empty()) co_return Error{Errc::invalid_argument, "No Model with version " + version};
    if (matches.size() > 1) co_return Error{Errc::invalid_argument, "Multiple models with version " + version};
    version_control_ = VersionControl::specific_version;
    target_ = DeploymentTarget{matches.front().id, version};
    pause_.wake();
    co_return Result<void>();
}

void LoopSync::set_operation_mode(OperationMode mode)
{
    if (mode == operation_mode_) return;
    log::info("operation mode: {}", boost::describe::enum_to_string(mode, "?"));
    operation_mode_ = mode;
    changed_ = true;
    pause_.wake();
}

Task<Result<void>> LoopSync::reload()
{
    operation_mode_ = OperationMode::startup;
    version_control_ = version_control(settings_);
    target_.reset();
    backoff_.reset();
    next_try_ = {};
    auto const loaded = co_await load_current();
    if (operation_mode_ == OperationMode::startup)
        operation_mode_ = OperationMode::idle; // else somebody chose meanwhile
    changed_ = true;
    pause_.wake();
    co_return loaded;
}

Task<Result<void>> LoopSync::forget_models()
{
    auto const turn = co_await models_turn_.take();
    if (!turn) co_return turn.error();
    co_await detection_.unload();
    auto clear = [this]() -> Result<std::vector<std::string>> {
        models_.clear();
        return models_.versions();
    };
    auto remove = without_exceptions(std::move(clear));
    auto const left = co_await installing_.run(std::move(remove));
    if (!left) co_return left.error();
    local_versions_ = *left;
    loop_target_.reset();
    target_.reset();
    co_return Result<void>();
}

AboutDetector LoopSync::about() const
{
    AboutDetector about;
    about.operation_mode = operation_mode_;
    if (auto const* model = detection_.model(); model && !model_format_.empty()) about.model_info = *model;
    if (target_) about.target_model = target_->version;
    about.version_control = version_control_;
    return about;
}

ModelVersions LoopSync::versions() const
{
    ModelVersions versions;
    versions.current_version = running_version().value_or("None");
    if (target_) versions.target_version = target_->version;
    if (loop_target_) versions.loop_version = loop_target_->version;
    versions.local_versions = local_versions_;
    versions.version_control = version_control_;
    return versions;
}

std::optional<std::string> LoopSync::running_version() const
{
    auto const* model = detection_.model();
    if (!model || model_format_.empty()) return std::nullopt;
    return model->version;
}

/// Keeps the problem of a step for the reports, and logs it if it is new, has changed or is over.
void LoopSync::set_problem(std::string const& step, std::optional<std::string> problem)
{
    auto const known = problems_.find(step);
    if (problem && (known == problems_.end() || known->second != *problem)) {
        log::warn("{}: {}", step, printable(*problem));
        problems_[step] = *problem;
        changed_ = true;
    } else if (!problem && known != problems_.end()) {
        log::info("{}: all right again", step);
        problems_.erase(known);
        changed_ = true;
    }
}

} // namespace learning_loop
