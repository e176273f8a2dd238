#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/detector/detector_settings.h"
#include "learning_loop/detector/model/model_choice.h"
#include "learning_loop/detector/model/model_updates.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/node/problems.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace learning_loop {

/// Keeps a detector in step with its Loop: asks which model it is to run, has it installed while the old one serves,
/// and reports its state. A Loop that cannot be reached or answers wrongly changes only the reported errors.
class LoopSync {
public:
    LoopSync(boost::asio::any_io_executor executor, DetectorSettings const& settings, std::string uuid,
             LoopClient& loop, ModelUpdates& updates, DetectionService const& detection,
             OutboxUploader const& uploader);

    /// Loads the model of the last run, or the logic that needs none. Then follows the Loop until it is cancelled.
    Task<> run();

    /// As ModelChoice::choose; tries at once what has failed before, too.
    Task<Result<void>> choose(std::string text);

    /// Unless it is idle, no model is looked for, nor installed.
    OperationMode operation_mode() const { return operation_mode_; }
    void set_operation_mode(OperationMode mode);

    /// A muted node asks its Loop nothing by itself and reports nothing. Uploads go on.
    void set_muted(bool muted);

    /// Builds the model that runs anew, or the logic that needs none, and goes on as after a start. Errors: those of
    /// ModelUpdates::reload; then the old instances serve on.
    Task<Result<void>> reload();

    /// As ModelUpdates::forget_models, until the Loop is asked again.
    Task<Result<void>> forget_models();

    AboutDetector about() const;
    ModelVersions versions() const;

    /// The version that is being built while no model runs.
    std::optional<std::string> const& updating_to() const { return detection_.updating_to(); }

    std::map<std::string, std::string> const& problems() const { return problems_.all(); } ///< By the step that failed.
    std::chrono::seconds uptime() const
    {
        return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_);
    }

private:
    Task<> run_cycles();
    Task<> report();
    void allow_updates();
    void note_problems();
    void set_problem(std::string const& step, std::optional<std::string> problem);

    DetectorSettings const& settings_;
    std::string uuid_;
    LoopClient& loop_;
    ModelUpdates& updates_;
    DetectionService const& detection_;
    OutboxUploader const& uploader_;
    ModelChoice choice_;

    OperationMode operation_mode_ = OperationMode::startup;
    bool muted_;
    Problems problems_;
    bool changed_ = true; ///< Since the last report.
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    Pause pause_;
};

} // namespace learning_loop
