#include "learning_loop/trainer/trainer_api.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/trainer/trainer_parts.h"

namespace learning_loop {
namespace {

constexpr int max_steps = 1000;

struct ChosenTraining {
    std::optional<std::string> training; ///< Its id; absent: whichever there is.
};
BOOST_DESCRIBE_STRUCT(ChosenTraining, (), (training))

class TrainerApi {
public:
    explicit TrainerApi(TrainerParts& parts) : parts_(parts) {}

    void add_to(http::Router& router)
    {
        router.post("/stop_training", *this, &TrainerApi::stop)
            .summary("Ends the process that trains; the best model so far goes to the Loop.")
            .open_to(http::Access::operators);
        router.post("/abort_training", *this, &TrainerApi::abort)
            .summary("Ends the training; nothing of it goes to the Loop.")
            .open_to(http::Access::operators);
    }

private:
    Task<Result<NodeAck>> stop(http::FromQuery<ChosenTraining> which)
    {
        if (auto const checked = check(which->training); !checked) co_return checked.error();
        co_return co_await parts_.trainings.stop();
    }

    Task<Result<NodeAck>> abort(http::FromQuery<ChosenTraining> which)
    {
        if (auto const checked = check(which->training); !checked) co_return checked.error();
        co_return co_await parts_.trainings.abort();
    }

    Result<void> check(std::optional<std::string> const& wanted) const
    {
        auto const* const active = parts_.trainings.active();
        if (!wanted || (active && active->record.id == *wanted)) return {};
        return Error{Errc::conflict, "that training is over"};
    }

    TrainerParts& parts_;
};

/// Peers answer `null`.
using Nothing = boost::json::value;

class TestApi {
public:
    explicit TestApi(TrainerParts& parts) : parts_(parts) {}

    void add_to(http::Router& router)
    {
        router.put("/provide_new_model", *this, &TestApi::provide_new_model)
            .summary("`on` or `off`: whether better states of the model are looked for.")
            .open_to(http::Access::operators);
        router.post("/reset", *this, &TestApi::reset)
            .summary("Aborts the training and forgets what went wrong.")
            .open_to(http::Access::operators);
        router.put("/error_configuration", *this, &TestApi::configure_errors)
            .summary("What is to fail, and with what words.")
            .open_to(http::Access::operators);
        router.post("/steps", *this, &TestApi::take_steps)
            .summary("Looks so often for a better state of the model.")
            .open_to(http::Access::operators);
        router.post("/kill_training_process", *this, &TestApi::kill_process)
            .summary("Kills the process that trains.")
            .open_to(http::Access::operators);
        router.post("/force_status_update", *this, &TestApi::force_status_update)
            .summary("Tells the Loop at once how the trainer is.")
            .open_to(http::Access::operators);
    }

private:
    Task<Result<Nothing>> provide_new_model(http::TextBody choice)
    {
        if (choice.text != "on" && choice.text != "off") co_return Error{Errc::invalid_argument, "Invalid state"};
        parts_.controls.provides_new_models = choice.text == "on";
        co_return Nothing();
    }

    Task<Result<Nothing>> reset()
    {
        auto const ended = co_await parts_.trainings.abort();
        if (!ended) co_return ended.error();
        parts_.controls = {};
        parts_.connection.renew("the trainer was reset");
        co_return Nothing();
    }

    Task<Result<Nothing>> configure_errors(http::FromJson<ErrorConfiguration> errors)
    {
        parts_.controls.errors = std::move(errors.value);
        co_return Nothing();
    }

    Task<Result<Nothing>> take_steps(http::TextBody steps)
    {
        auto const count = http::from_text<int>(steps.text);
        if (!count || *count < 0 || *count > max_steps) {
            co_return Error{Errc::unprocessable,
                            "'" + printable(steps.text) + "' is no number of steps: send one up to 1000"};
        }
        auto const looked = co_await parts_.trainings.look_for_new_models(*count);
        if (!looked) co_return looked.error();
        parts_.reports.tell_now();
        co_return Nothing();
    }

    Task<Result<Nothing>> kill_process()
    {
        auto const killed = co_await parts_.trainings.kill_process();
        if (!killed) co_return killed.error();
        co_return Nothing();
    }

    Task<Result<Nothing>> force_status_update()
    {
        parts_.reports.tell_now();
        co_return Nothing();
    }

    TrainerParts& parts_;
};

} // namespace

void add_trainer_api(http::Router& router, TrainerParts& parts)
{
    router.keep<TrainerApi>(parts);
}

void add_test_api(http::Router& router, TrainerParts& parts)
{
    router.keep<TestApi>(parts);
}

} // namespace learning_loop
