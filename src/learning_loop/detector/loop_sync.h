#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/async/turn.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/detector/detection_service.h"
#include "learning_loop/detector/detector_settings.h"
#include "learning_loop/detector/model_folder.h"
#include "learning_loop/detector/outbox_uploader.h"
#include "learning_loop/node/loop_client.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace learning_loop {

/// Keeps a detector in step with its Loop: asks which model it is to run, installs it while the old one serves, reports
/// its state. A Loop that cannot be reached or answers wrongly changes only the reported errors.
class LoopSync {
public:
    /// `model_format`: of the models that this detector runs; empty: it needs none.
    LoopSync(boost::asio::any_io_executor executor, DetectorSettings const& settings, std::string uuid,
             std::string model_format, LoopClient& loop, DetectionService& detection, OutboxUploader const& uploader);

    /// Loads the current model of the last run, or the logic that needs no model. Then follows the Loop until it is
    /// cancelled.
    Task<> run();

    /// `follow_loop`, `pause` or a version. Errors: invalid_argument if it is none of them, or the Loop has no such
    /// version; with the text that peers know.
    Task<Result<void>> choose(std::string text);

    /// Unless it is idle, no model is looked for, nor installed.
    OperationMode operation_mode() const { return operation_mode_; }
    void set_operation_mode(OperationMode mode);

    /// A muted node asks its Loop nothing by itself and reports nothing. Uploads go on.
    void set_muted(bool muted)
    {
        muted_ = muted;
        pause_.wake();
    }

    /// Builds the current model anew, or the logic that needs none, and goes on as after a start. Errors: those of
    /// DetectionService::load; then the old instances serve on.
    Task<Result<void>> reload();

    /// Deletes all models; none runs any more. Errors: unavailable if too many want to change the model.
    Task<Result<void>> forget_models();

    AboutDetector about() const;
    ModelVersions versions() const;
    std::map<std::string, std::string> const& problems() const { return problems_; } ///< By the step that failed.
    std::chrono::seconds uptime() const
    {
        return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_);
    }

private:
    Task<Result<void>> load_current();
    Task<> ask_for_target();
    Task<> follow_target();
    Task<Result<void>> install(DeploymentTarget target);
    Task<Result<ModelInformation>> fetch(DeploymentTarget target);
    Task<Result<void>> choose_version(std::string version);
    Task<> report();
    std::optional<std::string> running_version() const;
    void set_problem(std::string const& step, std::optional<std::string> problem);

    DetectorSettings const& settings_;
    std::string uuid_;
    std::string model_format_;
    LoopClient& loop_;
    DetectionService& detection_;
    OutboxUploader const& uploader_;
    ModelFolder models_;
    Lane installing_{"installing models", 4}; ///< Of `models_`.

    OperationMode operation_mode_ = OperationMode::startup;
    bool muted_;
    Turn models_turn_{"the change of the model", 10}; ///< Of who builds and swaps.
    VersionControl version_control_;
    std::optional<DeploymentTarget> loop_target_;
    std::optional<DeploymentTarget> target_;
    bool target_is_refused_ = false; ///< The Loop's present target must not be installed.
    std::vector<std::string> local_versions_;
    std::map<std::string, std::string> problems_; ///< By the step that failed.
    bool changed_ = true;                         ///< Since the last report.
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point next_try_{};
    Backoff backoff_{std::chrono::seconds(5), std::chrono::seconds(300)};
    Pause pause_;
};

} // namespace learning_loop
