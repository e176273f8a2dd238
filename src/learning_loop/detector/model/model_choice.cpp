#include "learning_loop/detector/model/model_choice.h"

#include "learning_loop/base/ids.h"

#include <vector>

namespace learning_loop {
namespace {

Result<DeploymentTarget> only_match(std::vector<ListedModel> const& models, std::string const& version)
{
    std::vector<ListedModel> matches;
    for (auto const& model : models) {
        if (model.version == version && is_uuid(model.id)) matches.push_back(model);
    }
    if (matches.empty()) return Error{Errc::invalid_argument, "No Model with version " + version};
    if (matches.size() > 1) return Error{Errc::invalid_argument, "Multiple models with version " + version};
    return DeploymentTarget{matches.front().id, version};
}

} // namespace

Task<> ModelChoice::ask_loop()
{
    auto const target = co_await loop_.fetch_deployment_target();
    problem_.reset();
    refusal_.reset();
    if (target) {
        loop_target_ = *target;
        if (control_ == VersionControl::follow_loop) target_ = *target;
    } else if (target.error().code == Errc::invalid_argument) {
        refusal_ = target.error().message;
    } else if (target.error().code != Errc::not_found) { // that is no problem: the model that runs stays
        problem_ = target.error().message;
    }
}

Task<Result<void>> ModelChoice::choose(std::string text)
{
    bool const is_mode = text == "follow_loop" || text == "pause";
    if (!is_mode && !is_version(text)) co_return Error{Errc::invalid_argument, "Invalid version number"};
    auto const choice = ++choices_;
    if (!is_mode) co_return co_await choose_version(std::move(text), choice);
    control_ = text == "pause" ? VersionControl::pause : VersionControl::follow_loop;
    if (control_ == VersionControl::follow_loop) target_ = loop_target_;
    co_return Result<void>();
}

Task<Result<void>> ModelChoice::choose_version(std::string version, std::uint64_t choice)
{
    if (target_ && target_->version == version) { // so that it needs no Loop to stay where it is
        control_ = VersionControl::specific_version;
        co_return Result<void>();
    }
    auto const models = co_await loop_.fetch_models();
    if (choice != choices_) co_return Result<void>(); // somebody has chosen since
    control_ = VersionControl::pause;                 // unless the version is found
    if (!models) co_return Error{Errc::invalid_argument, "Failed to load models from learning loop"};
    auto const match = only_match(*models, version);
    if (!match) co_return match.error();
    control_ = VersionControl::specific_version;
    target_ = *match;
    co_return Result<void>();
}

void ModelChoice::start_anew(VersionControl control)
{
    ++choices_;
    control_ = control;
    target_.reset();
}

void ModelChoice::forget_targets()
{
    loop_target_.reset();
    target_.reset();
}

std::optional<DeploymentTarget> ModelChoice::installable() const
{
    bool const is_refused = refusal_ && control_ == VersionControl::follow_loop;
    return is_refused ? std::nullopt : target_;
}

} // namespace learning_loop
