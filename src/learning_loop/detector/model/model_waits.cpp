#include "learning_loop/detector/model/model_waits.h"

#include <algorithm>

namespace learning_loop {

bool ModelWaits::has_failed(DeploymentTarget const& model) const
{
    return std::ranges::find(failed_, model, &Failed::model) != failed_.end();
}

ModelWaits::Time ModelWaits::next_try(DeploymentTarget const& model) const
{
    auto const known = std::ranges::find(failed_, model, &Failed::model);
    return known == failed_.end() ? Time::min() : known->next_try;
}

void ModelWaits::add_failure(DeploymentTarget const& model, Time now)
{
    auto const known = std::ranges::find(failed_, model, &Failed::model);
    if (known == failed_.end()) failed_.emplace_front().model = model;
    else failed_.splice(failed_.begin(), failed_, known);
    failed_.front().next_try = now + failed_.front().backoff.next();
    if (failed_.size() > max_models) failed_.pop_back();
}

void ModelWaits::forget(DeploymentTarget const& model)
{
    std::erase_if(failed_, [&](auto const& failed) { return failed.model == model; });
}

} // namespace learning_loop
