#include "learning_loop/converter/postponed_models.h"

#include <algorithm>
#include <set>
#include <utility>

namespace learning_loop {
namespace {

/// Of models by their keys: the one that is tried first.
auto first_of(auto const& models)
{
    return std::ranges::min_element(models, {}, [](auto const& entry) { return entry.second.next_try; });
}

} // namespace

void PostponedModels::add(SourceModel const& model, std::string why, Time now, std::chrono::milliseconds least)
{
    Postponed const anew{model.project, name_of(model), "", {first_wait_, max_wait_}};
    auto const known = models_.try_emplace(key_of(model), anew);
    auto& postponed = known.first->second;
    postponed.why = std::move(why);
    postponed.next_try = now + postponed.backoff.next(least);
}

void PostponedModels::forget(Context const& project)
{
    std::erase_if(models_, [&](auto const& entry) { return entry.second.project == project; });
}

void PostponedModels::keep(std::vector<Context> const& unknown, std::vector<SourceModel> const& listed)
{
    std::set<Key> keys;
    for (auto const& model : listed) keys.insert(key_of(model));
    std::erase_if(models_, [&](auto const& entry) {
        return !keys.contains(entry.first) && std::ranges::find(unknown, entry.second.project) == unknown.end();
    });
}

PostponedModels::Time PostponedModels::next_try(SourceModel const& model) const
{
    auto const known = models_.find(key_of(model));
    return known == models_.end() ? Time::min() : known->second.next_try;
}

std::optional<PostponedModels::Time> PostponedModels::next_try_after(Time now) const
{
    std::optional<Time> next;
    for (auto const& [key, model] : models_) {
        if (model.next_try > now) next = std::min(next.value_or(Time::max()), model.next_try);
    }
    return next;
}

std::optional<std::string> PostponedModels::problem() const
{
    auto const first = first_of(models_);
    if (first == models_.end()) return std::nullopt;
    auto const& model = first->second;
    auto const others = models_.size() - 1;
    return "model " + model.name + " is tried again: " + model.why +
           (others == 0 ? "" : "; " + std::to_string(others) + " more models wait, too");
}

PostponedModels::Key PostponedModels::key_of(SourceModel const& model)
{
    return model.project.organization + "/" + model.project.project + "/" + model.listed.id;
}

} // namespace learning_loop
