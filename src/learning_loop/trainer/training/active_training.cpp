#include "learning_loop/trainer/training/active_training.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/trainer/process/process_wait.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds exit_patience{10'000}; // with a process that was killed, and does not go

} // namespace

ActiveTraining::ActiveTraining(TrainingRecord record_, std::filesystem::path const& data_folder, TrainingStore& store,
                               std::function<void()> changed)
    : record(std::move(record_)),
      folders(data_folder, record),
      store_(store),
      changed_(std::move(changed)),
      state_(record.state)
{}

Training ActiveTraining::view() const
{
    auto training = training_of(folders, record);
    training.is_running = process && process->is_running();
    return training;
}

Task<Result<void>> ActiveTraining::save()
{
    co_return co_await store_.save(record);
}

void ActiveTraining::begin(TrainerState state)
{
    log::info("{}: {}", name_of(record), boost::describe::enum_to_string(state, "?"));
    state_ = state;
    progress_.reset();
    first_progress_.reset();
    since_ = timestamp_now();
    changed_();
}

void ActiveTraining::set_progress(std::optional<double> progress)
{
    progress_ = progress;
    if (!first_progress_) first_progress_ = progress;
}

std::optional<std::string> ActiveTraining::progress_since() const
{
    constexpr double nearly_nothing = 0.02;
    if (!first_progress_ || *first_progress_ > nearly_nothing) return std::nullopt;
    return since_;
}

Task<> ActiveTraining::end_process(std::chrono::milliseconds grace)
{
    if (process && process->is_running()) {
        process->stop(grace);
        (void)co_await wait_for_process(*process, grace + exit_patience);
    }
    process.reset();
    co_await wait_for_left_process();
}

Task<bool> ActiveTraining::stop_process(std::chrono::milliseconds grace)
{
    if (!process || !process->is_running()) co_return true;
    process->stop(grace);
    co_return (co_await wait_for_process(*process, grace + exit_patience / 10)).has_value();
}

Task<> ActiveTraining::wait_for_left_process()
{
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    auto const end = std::chrono::steady_clock::now() + exit_patience;
    while (is_process_left_in(folders.training)) {
        if (std::chrono::steady_clock::now() > end) {
            log::error("{}: a process of it cannot be ended", name_of(record));
            co_return;
        }
        timer.expires_after(std::chrono::milliseconds(50));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

} // namespace learning_loop
