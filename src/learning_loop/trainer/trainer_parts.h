#pragma once

#include "learning_loop/data/training.h"
#include "learning_loop/http/server/operator_door.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/node/loop_connection.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/page/node_status.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/node/status_reports.h"
#include "learning_loop/trainer/trainer_settings.h"
#include "learning_loop/trainer/training_runner.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace learning_loop {

class Runner;

/// A trainer node: its parts in the order of their dependency, which is also the order of their lives.
struct TrainerParts final : Parts {
    /// Takes over what is in the data folder and adds the routes to the runner's router, which must not answer any more
    /// once the parts are gone. Blocks.
    TrainerParts(Runner& runner, std::unique_ptr<TrainerLogic> logic_, TrainerSettings const& settings_,
                 std::string uuid);

    void start(TaskGroup& tasks) override;
    Task<bool> finish() override;

    TrainerSettings settings;
    TrainerIdentity identity;
    http::OperatorDoor door;
    Problems problems;
    LoopSession session;
    LoopConnection connection;
    StatusReports reports;
    LogicCalls logic;
    TestControls controls;
    StepTools tools;
    TrainingStore store;
    TrainingSlot slot;
    TrainingRunner trainings;

private:
    TrainingStatus report() const;
    NodeStatus page_status() const;
    Task<> end_when_idle();
    void end_after_training();

    std::function<void()> end_program_;
    boost::asio::any_io_executor executor_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

} // namespace learning_loop
