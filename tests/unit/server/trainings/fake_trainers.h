#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/trainings/trainer_link.h"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace learning_loop::test {

/// Trainers that are in this process, and note what they are asked.
class FakeTrainers final : public TrainerLink {
public:
    explicit FakeTrainers(boost::asio::any_io_executor executor) : answered_(std::move(executor)) {}

    std::map<std::string, Trainer> trainers; ///< Those that are connected, by their ids.
    std::set<std::string> open;              ///< Connections.
    bool hears = true;                       ///< Whether an ack of a stop or an abort comes.
    BeginAnswer answer{BeginAnswer::Kind::accepted};
    bool is_slow = false; ///< No answer before `answer_now`.

    std::string begun;   ///< `ann:1 ` for each training that `ann` was asked to begin.
    std::string stopped; ///< `ann ` for each time.
    std::string aborted;
    boost::json::object details; ///< What was told with the last begin.

    void answer_now(BeginAnswer::Kind kind)
    {
        answer.kind = kind;
        is_slow = false;
        answered_.wake();
    }

    std::vector<Trainer const*> connected() const override
    {
        std::vector<Trainer const*> connected;
        for (auto const& [id, trainer] : trainers) connected.push_back(&trainer);
        return connected;
    }
    Trainer const* find(std::string const& id) const override
    {
        auto const found = trainers.find(id);
        return found == trainers.end() ? nullptr : &found->second;
    }
    bool is_open(std::string const& connection) const override { return open.contains(connection); }
    Task<BeginAnswer> begin(std::string trainer, Context, boost::json::object told) override
    {
        begun += trainer + ":" + to_text(told.at("training_number")) + " ";
        details = std::move(told);
        if (is_slow) co_await answered_.sleep(std::chrono::minutes(1));
        co_return answer;
    }
    Task<bool> stop(std::string trainer) override
    {
        stopped += trainer + " ";
        co_return hears;
    }
    Task<bool> abort(std::string trainer) override
    {
        aborted += trainer + " ";
        co_return hears;
    }

private:
    Pause answered_;
};

} // namespace learning_loop::test
