#include "learning_loop/server/trainings/open_trainings.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/server/trainings/trainer_states.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr int max_attempts = 3; // to give a training to trainers that lose it

} // namespace

std::string named(OpenTraining const& training)
{
    return training.context.organization + "/" + training.context.project + ": the training " +
           std::to_string(training.row.training_number);
}

bool is_with(store::TrainingRow const& row, std::string const& trainer)
{
    bool const is_given = row.state == TrainingState::starting || row.state == TrainingState::running;
    return is_given && row.trainer == trainer;
}

OpenTrainings::OpenTrainings(boost::asio::any_io_executor executor, store::TrainingRepository& repository,
                             ModelsChanged changed)
    : repository_(repository), changed_(std::move(changed)), pause_(std::move(executor))
{
    for (auto& [row, organization, project] : repository_.open_at_start())
        add(std::move(row), {std::move(organization), std::move(project)});
}

OpenTraining* OpenTrainings::find(std::int64_t number)
{
    auto const found = open_.find(number);
    return found == open_.end() ? nullptr : &found->second;
}

OpenTraining* OpenTrainings::find_of(std::string const& trainer)
{
    for (auto& [number, open] : open_) {
        if (is_with(open.row, trainer)) return &open;
    }
    return nullptr;
}

OpenTraining* OpenTrainings::find_queued_of(std::string const& trainer, Context const& context)
{
    for (auto& [number, open] : open_) {
        bool const is_asked = open.row.state == TrainingState::queued && open.row.trainer == trainer;
        if (is_asked && open.context == context) return &open;
    }
    return nullptr;
}

bool OpenTrainings::was_lost_by(Trainer const& trainer) const
{
    auto const& id = trainer.status.id;
    return std::ranges::any_of(open_, [&](auto const& one) {
        auto const& [number, open] = one;
        bool const has_another = open.row.trainer && *open.row.trainer != id && is_with(open.row, *open.row.trainer);
        return has_another && open.losers.contains(id) && may_be_of(trainer, open.context);
    });
}

std::set<std::string> OpenTrainings::trainers() const
{
    std::set<std::string> trainers;
    for (auto const& [number, open] : open_) {
        if (open.row.trainer && is_with(open.row, *open.row.trainer)) trainers.insert(*open.row.trainer);
    }
    return trainers;
}

std::vector<std::int64_t> OpenTrainings::numbers() const
{
    std::vector<std::int64_t> numbers;
    for (auto const& [number, open] : open_) numbers.push_back(number);
    return numbers;
}

bool OpenTrainings::is_any_queued() const
{
    return std::ranges::any_of(open_, [](auto const& one) { return one.second.row.state == TrainingState::queued; });
}

void OpenTrainings::add(store::TrainingRow row, Context context)
{
    auto const number = row.number;
    open_.emplace(number, OpenTraining{std::move(row), std::move(context)});
    wake();
}

void OpenTrainings::forget(std::int64_t number)
{
    open_.erase(number);
}

Task<Result<void>> OpenTrainings::keep(store::TrainingRow row)
{
    auto const kept = co_await repository_.keep(row);
    if (!kept) co_return kept.error();
    if (auto* const open = find(row.number)) open->row = std::move(row);
    co_return Result<void>();
}

Task<Result<void>> OpenTrainings::queue_again(std::int64_t number, std::string reason)
{
    auto* const open = find(number);
    if (!open) co_return Result<void>();
    auto row = open->row;
    if (row.requested_end) co_return co_await finish(number, TrainingState::aborted, row.reason);
    if (row.trainer) open->losers.insert(*row.trainer);
    if (row.attempts >= max_attempts) {
        reason += ", " + std::to_string(row.attempts) + " times";
        co_return co_await finish(number, TrainingState::failed, std::move(reason));
    }
    log::warn("{} is queued again: {}", named(*open), reason);
    row.state = TrainingState::queued;
    row.reason = std::move(reason);
    auto const kept = co_await keep(std::move(row));
    wake();
    co_return kept;
}

Task<Result<void>> OpenTrainings::finish(std::int64_t number, TrainingState state, std::optional<std::string> reason)
{
    auto const* open = find(number);
    if (!open) co_return Result<void>();
    auto const project = open->context;
    auto row = open->row;
    row.state = state;
    row.reason = std::move(reason);
    row.ended = timestamp_now();
    log::info("{} has ended state={} reason={}", named(*open), boost::describe::enum_to_string(state, "?"),
              log::value(row.reason.value_or("")));
    auto const kept = co_await keep(std::move(row));
    if (!kept) co_return kept.error();
    forget(number);
    changed_(project);
    wake(); // its trainer is free for the next one
    co_return Result<void>();
}

} // namespace learning_loop
