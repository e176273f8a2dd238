#pragma once

#include "learning_loop/converter/conversions.h"
#include "learning_loop/converter/converter.h"
#include "learning_loop/converter/failed_models.h"
#include "learning_loop/converter/model_conversion.h"
#include "learning_loop/http/server/operator_door.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/node/loop_connection.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/page/node_status.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/node/settings.h"

#include <chrono>
#include <memory>

namespace learning_loop {

class Runner;

/// A converter node: its parts in the order of their dependency, which is also the order of their lives.
struct ConverterParts final : Parts {
    /// Takes over what is in the data folder and adds the routes to the runner's router, which must not answer any more
    /// once the parts are gone. The names of the formats must be names (`is_name`) and differ. Blocks.
    ConverterParts(Runner& runner, std::unique_ptr<Converter> converter, NodeSettings const& settings_);

    void start(TaskGroup& tasks) override;
    Task<> disconnect() override;
    Task<bool> finish() override;

    NodeSettings settings;
    ConversionFormats formats;
    http::OperatorDoor door;
    Problems problems;
    LoopSession session;
    LoopConnection connection;
    FailedModels failed;
    ModelConversion conversion;
    Conversions conversions;

private:
    Task<Result<NodeAck>> take_change(std::string organization, std::string project);
    NodeStatus page_status() const;

    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

} // namespace learning_loop
