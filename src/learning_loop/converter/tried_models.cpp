#include "learning_loop/converter/tried_models.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"

#include <algorithm>
#include <utility>

namespace learning_loop {
namespace {

bool is_same_model(TriedModel const& tried, SourceModel const& model)
{
    return tried.id == model.listed.id && tried.organization == model.project.organization &&
           tried.project == model.project.project;
}

bool is_unchanged(TriedModel const& tried, SourceModel const& model)
{
    return tried.fingerprint == model.fingerprint && is_same_model(tried, model); // what differs first, for long lists
}

} // namespace

TriedModels::TriedModels(std::vector<TriedModel> models) : models_(std::move(models))
{
    if (models_.size() > max_models) models_.erase(models_.begin(), models_.end() - max_models);
    for (auto& tried : models_) tried.attempts = std::clamp(tried.attempts, 0, max_attempts); // a file may say anything
}

/// The attempt that goes on may end well.
std::optional<std::string> TriedModels::failure_of(TriedModel const& tried) const
{
    if (tried.reason) return tried.reason;
    auto const deaths = tried.attempts - (tried.fingerprint == current_ ? 1 : 0);
    if (deaths < max_attempts) return std::nullopt;
    return "the node died " + std::to_string(deaths) + " times while it was converted";
}

std::optional<std::string> TriedModels::find_failure(SourceModel const& model) const
{
    auto const tried = std::ranges::find_if(models_, [&](auto const& each) { return is_unchanged(each, model); });
    return tried == models_.end() ? std::nullopt : failure_of(*tried);
}

void TriedModels::begin_attempt(SourceModel const& model)
{
    ++renew(model).attempts;
    current_ = model.fingerprint;
}

void TriedModels::end_attempt(SourceModel const& model)
{
    current_.clear();
    auto& tried = renew(model);
    if (--tried.attempts <= 0 && !tried.reason) models_.pop_back();
}

void TriedModels::add_failure(SourceModel const& model, std::string const& reason)
{
    auto& tried = renew(model);
    tried.attempts = 0;
    tried.reason = printable(reason);
}

void TriedModels::forget(SourceModel const& model)
{
    std::erase_if(models_, [&](auto const& tried) { return is_same_model(tried, model); });
}

std::size_t TriedModels::forget_failures(std::optional<std::string> const& id)
{
    return std::erase_if(models_, [&](auto const& tried) { return failure_of(tried) && (!id || tried.id == *id); });
}

bool TriedModels::keep(std::vector<Context> const& asked, std::vector<SourceModel> const& listed)
{
    auto const is_over = [&](TriedModel const& tried) {
        Context const project{tried.organization, tried.project};
        if (std::ranges::find(asked, project) == asked.end()) return false;
        return std::ranges::none_of(listed, [&](auto const& model) { return is_unchanged(tried, model); });
    };
    return std::erase_if(models_, is_over) > 0;
}

std::vector<TriedModel> TriedModels::failed() const
{
    std::vector<TriedModel> failed;
    for (auto tried = models_.rbegin(); tried != models_.rend(); ++tried) {
        auto const reason = failure_of(*tried);
        if (!reason) continue;
        failed.push_back(*tried);
        failed.back().reason = reason;
    }
    return failed;
}

/// What is remembered of the model, as the last one; anew if the model has changed.
TriedModel& TriedModels::renew(SourceModel const& model)
{
    TriedModel tried;
    auto const known = std::ranges::find_if(models_, [&](auto const& each) { return is_unchanged(each, model); });
    if (known != models_.end()) tried = *known;
    forget(model);
    tried.organization = model.project.organization;
    tried.project = model.project.project;
    tried.id = model.listed.id;
    tried.version = model.listed.version;
    tried.fingerprint = model.fingerprint;
    tried.time = timestamp_now();
    if (models_.size() == max_models) models_.erase(models_.begin());
    models_.push_back(std::move(tried));
    return models_.back();
}

} // namespace learning_loop
