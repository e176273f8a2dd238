#include "learning_loop/detector/model/model_updates.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

namespace learning_loop {
namespace {

using Clock = ModelWaits::Time::clock;

constexpr std::chrono::hours until_wanted{1};

prometheus::Counter& counter(Metrics& metrics, std::string const& result)
{
    return metrics.counter("detector_model_updates_total", "Tries to bring another model into service.",
                           {{"result", result}});
}

} // namespace

ModelUpdates::ModelUpdates(boost::asio::any_io_executor executor, ModelUpdateOptions options, LoopClient& loop,
                           DetectionService& detection, Metrics& metrics)
    : options_(std::move(options)),
      loop_(loop),
      detection_(detection),
      installed_(counter(metrics, "installed")),
      failed_(counter(metrics, "failed")),
      models_(options_.data_folder),
      pause_(std::move(executor))
{}

// ---- what is to be done

bool ModelUpdates::want(std::optional<DeploymentTarget> target)
{
    if (wanted_ == target) return false;
    wanted_ = std::move(target);
    downloading_.interrupt();
    pause_.wake();
    return true;
}

void ModelUpdates::allow(bool is_allowed)
{
    is_allowed_ = is_allowed;
    pause_.wake();
}

void ModelUpdates::try_now()
{
    waits_.forget_all();
    pause_.wake();
}

Task<> ModelUpdates::follow()
{
    for (;;) {
        if (is_due()) {
            co_await update_to(*wanted_);
        } else {
            co_await settle();
            co_await pause_.sleep(time_to_next_try());
        }
    }
}

/// Whether something else runs than is wanted, and may be replaced.
bool ModelUpdates::is_open() const
{
    return is_allowed_ && wanted_ && running_version() != wanted_->version;
}

bool ModelUpdates::is_due() const
{
    return is_open() && waits_.next_try(*wanted_) <= Clock::now();
}

std::chrono::milliseconds ModelUpdates::time_to_next_try() const
{
    if (!is_open() || !waits_.has_failed(*wanted_)) return until_wanted;
    return std::chrono::ceil<std::chrono::milliseconds>(waits_.next_try(*wanted_) - Clock::now());
}

/// What runs is what is wanted: then an update that has failed before is wanted no more, and the next start begins with
/// this model, also if it only stands in for one that is broken.
Task<> ModelUpdates::settle()
{
    if (!wanted_ || running_version() != wanted_->version) co_return;
    set_problem(std::nullopt);
    if (models_.linked() == wanted_->version) co_return;
    auto const turn = co_await turn_.take();
    if (!turn || !wanted_ || running_version() != wanted_->version) co_return;
    auto const linked = co_await models_.make_current(wanted_->version);
    if (!linked) log::warn("current_model stays at the old model: {}", linked.error().message);
}

Task<> ModelUpdates::update_to(DeploymentTarget target)
{
    log::info("model {} is to replace {}", target.version, running_version().value_or("none"));
    auto const outcome = co_await install(target);
    if (!outcome) {
        log::info("model {} is not wanted any more, or not now", target.version);
    } else if (*outcome) {
        log::info("model {} serves", target.version);
        waits_.forget(target);
        installed_.Increment();
        set_problem(std::nullopt);
    } else {
        waits_.add_failure(target, Clock::now());
        failed_.Increment();
        set_problem("Could not update model: version " + target.version + ": " + outcome->error().message);
    }
    changed_();
}

// ---- an installation

Task<ModelUpdates::Outcome> ModelUpdates::install(DeploymentTarget target)
{
    auto const turn = co_await turn_.take();
    if (!turn) co_return turn.error();
    auto const outcome = co_await try_to_install(target);
    if (outcome && !*outcome && !detection_.ready()) co_await load_last_good();
    co_await models_.tidy();
    co_return outcome;
}

Task<ModelUpdates::Outcome> ModelUpdates::try_to_install(DeploymentTarget target)
{
    auto model = co_await models_.read(target.version);
    // One that could not be built is fetched anew: maybe it is not whole.
    bool const is_here = model && model->id == target.model_uuid && !waits_.has_failed(target);
    if (!is_here) {
        auto fetched = co_await fetch(target);
        if (!fetched) co_return std::nullopt;
        model = std::move(*fetched);
    }
    if (!model) co_return model.error();
    if (!is_here && wanted_ != target) co_await models_.remove(target.version); // nobody knows whether it is any good
    if (wanted_ != target || !is_allowed_) co_return std::nullopt;
    auto wanted = std::optional(std::move(target));
    co_return co_await replace_by(std::move(*model), std::move(wanted));
}

/// nullopt: it is not wanted any more.
Task<std::optional<Result<ModelInformation>>> ModelUpdates::fetch(DeploymentTarget target)
{
    auto const zip = co_await models_.prepare_download();
    if (!zip) co_return zip.error();
    if (wanted_ != target) co_return std::nullopt;
    auto download = loop_.download_model(target.model_uuid, options_.format, *zip);
    auto const downloaded = co_await downloading_.run(std::move(download));
    if (!downloaded) co_return std::nullopt;
    if (!*downloaded) co_return downloaded->error();
    co_return co_await models_.install(*zip, target.version);
}

/// Puts a model in the place of the one that runs. With a target it becomes the current one.
Task<ModelUpdates::Outcome> ModelUpdates::replace_by(ModelInformation model, std::optional<DeploymentTarget> target)
{
    std::optional<ModelInformation> old;
    if (detection_.model() && options_.exclusive && !options_.format.empty()) {
        old = *detection_.model();
        auto const room = co_await detection_.make_room_for(model.version);
        if (!room) co_return room.error();
    }
    auto outcome = co_await build_and_commit(std::move(model), std::move(target));
    if (!old || detection_.ready()) co_return outcome;
    auto const restored = co_await detection_.load(*old);
    if (restored) co_return outcome;
    co_await detection_.unload();
    auto const both = (outcome ? outcome->error().message : "it is not wanted any more") + "; and version " +
                      old->version + " cannot be built again: " + restored.error().message;
    co_return Error{restored.error().code, both};
}

Task<ModelUpdates::Outcome> ModelUpdates::build_and_commit(ModelInformation model,
                                                           std::optional<DeploymentTarget> target)
{
    auto built = co_await detection_.build(model);
    bool const is_broken = !built && built.error().code != Errc::unavailable;
    if (target && is_broken) co_await models_.remove(target->version); // so that it is downloaded again at the next try
    if (target && wanted_ != target) co_return std::nullopt;
    if (!built) co_return built.error();
    if (target) {
        auto const linked = co_await models_.make_current(target->version);
        if (!linked) co_return linked.error();
    }
    detection_.take_over(std::move(*built));
    co_return Result<void>();
}

// ---- what is here already

Task<> ModelUpdates::load_last()
{
    auto const turn = co_await turn_.take();
    if (!turn) co_return;
    auto problem = co_await load_last_good();
    set_problem(std::move(problem));
    changed_();
}

/// Returns what is wrong, if something is.
Task<std::optional<std::string>> ModelUpdates::load_last_good()
{
    if (options_.format.empty()) {
        ModelInformation none;
        auto const loaded = co_await detection_.load(std::move(none));
        if (!loaded) co_return "Could not build the detector: " + loaded.error().message;
        log::info("ready; this detector needs no model");
        co_return std::nullopt;
    }
    auto const versions = co_await models_.best_first();
    if (!versions) co_return "Could not load a model: " + versions.error().message;
    std::optional<std::string> problem;
    for (auto const& version : *versions) {
        auto const model = co_await models_.read(version);
        auto loaded = model ? Result<void>() : Result<void>(model.error());
        if (model) loaded = co_await detection_.load(*model);
        if (loaded) {
            log::info("model {} serves", version);
            if (problem) *problem += "; model " + version + " serves instead";
            co_return problem;
        }
        log::warn("model {} cannot be loaded: {}", version, printable(loaded.error().message));
        if (!problem) problem = "Could not load model " + version + ": " + loaded.error().message;
    }
    co_return problem;
}

Task<Result<void>> ModelUpdates::reload()
{
    auto const turn = co_await turn_.take();
    if (!turn) co_return turn.error();
    waits_.forget_all();
    auto const reloaded = co_await build_anew();
    if (!detection_.ready()) co_await load_last_good();
    changed_();
    co_return reloaded;
}

Task<Result<void>> ModelUpdates::build_anew()
{
    if (!detection_.ready()) {
        auto const problem = co_await load_last_good();
        set_problem(problem);
        co_return detection_.ready() || !problem ? Result<void>() : Error{Errc::unavailable, *problem};
    }
    auto const version = running_version();
    Result<ModelInformation> model = ModelInformation();
    if (version) model = co_await models_.read(*version);
    auto built = model ? Result<void>() : Result<void>(model.error());
    std::optional<DeploymentTarget> const none;
    if (model) {
        auto const outcome = co_await replace_by(*model, none);
        built = outcome.value();
    }
    auto const failure = [&] { return "Could not load model " + version.value_or("") + ": " + built.error().message; };
    set_problem(built ? std::nullopt : std::optional(failure()));
    co_return built;
}

Task<Result<void>> ModelUpdates::forget_models()
{
    want(std::nullopt); // a download would hold us up
    auto const turn = co_await turn_.take();
    if (!turn) co_return turn.error();
    co_await detection_.unload();
    waits_.forget_all();
    auto const cleared = co_await models_.clear();
    co_return cleared;
}

std::optional<std::string> ModelUpdates::running_version() const
{
    auto const* model = detection_.model();
    if (!model || options_.format.empty()) return std::nullopt;
    return model->version;
}

void ModelUpdates::set_problem(std::optional<std::string> problem)
{
    if (problem_ == problem) return;
    problem_ = std::move(problem);
    changed_();
}

} // namespace learning_loop
