#include "learning_loop/server/trainings/training_path.h"

#include "learning_loop/base/text.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/server/trainings/trainer_states.h"

#include <utility>

namespace learning_loop {
namespace {

/// nullopt: it is no number, so there is no such training.
std::optional<int> number_in(std::string const& text)
{
    auto const number = parse_whole_number(text);
    return number && std::in_range<int>(*number) ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

Error no_training(store::Project const& project, std::string const& number)
{
    return {Errc::not_found, "the project '" + project.name + "' has no training " + printable(number) +
                                 ": see GET /api" + resource_of(project) + "/trainings"};
}

} // namespace

Task<Result<store::TrainingRow>> require_training(store::TrainingRepository& trainings, store::Project const& project,
                                                  std::string const& number)
{
    auto const parsed = number_in(number);
    if (!parsed) co_return no_training(project, number);
    auto found = co_await trainings.find(project.number, *parsed);
    if (!found) co_return found.error();
    if (!*found) co_return no_training(project, number);
    co_return std::move(**found);
}

Result<void> check_trainer(store::TrainingRow const& training, http::Caller const& caller)
{
    if (may_speak_for_trainer(training, caller)) return {};
    return Error{Errc::forbidden, "the training " + std::to_string(training.training_number) +
                                      " is that of the trainer '" + printable(training.trainer_name.value_or("")) +
                                      "', which is logged in as '" + printable(*training.trainer_owner) +
                                      "': log in as that one"};
}

Task<Result<store::TrainingRow>> require_for_upload(store::TrainingRepository& trainings, store::Project const& project,
                                                    std::string const& number)
{
    auto found = co_await require_training(trainings, project, number);
    if (!found) co_return found.error();
    if (found->state == TrainingState::queued)
        co_return Error{Errc::not_found, "the training " + number + " waits for a trainer: it takes no models"};
    if (found->state == TrainingState::aborted)
        co_return Error{Errc::not_found, "the training " + number + " was aborted: it takes no models"};
    co_return found;
}

} // namespace learning_loop
