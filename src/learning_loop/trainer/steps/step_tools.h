#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/trainer/logic/logic_calls.h"
#include "learning_loop/trainer/training/test_controls.h"

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace learning_loop {

class LoopConnection;
class LoopSession;
class Problems;

/// What a trainer says of itself.
struct TrainerIdentity {
    std::string uuid;
    std::string name;
    std::string format; ///< That it continues and detects with.
    std::string architecture;
    std::vector<PretrainedModel> pretrained_models;
    bool detects = true;
};

/// What the steps of a training work with. All of it outlives them.
struct StepTools {
    boost::asio::any_io_executor executor;
    LoopSession& session;
    LoopConnection& connection;
    Problems& problems;
    LogicCalls& logic;
    TestControls& controls;
    TrainerIdentity identity;
    int batch_size = 10; ///< Images of one call of the logic's `detect`.
    bool keep_old_trainings = false;
    bool ends_after_training = false;           ///< The program does.
    double vram_limit_gb = 0;                   ///< 0: the whole card.
    std::chrono::milliseconds first_wait{5000}; ///< Before a step that failed is taken again; doubles,
    std::chrono::milliseconds max_wait{300'000};
    std::chrono::milliseconds stop_grace{30'000}; ///< Between SIGTERM and SIGKILL for a training that is stopped,
    std::chrono::milliseconds end_grace{1500};    ///< and for one that is aborted, or whose node ends.
    Lane files{"the training's files"};
    Pool images{"images of a training", std::max(2u, std::thread::hardware_concurrency()), 1000};
};

} // namespace learning_loop
