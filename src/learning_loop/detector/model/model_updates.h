#pragma once

#include "learning_loop/async/interruptible.h"
#include "learning_loop/async/pause.h"
#include "learning_loop/async/turn.h"
#include "learning_loop/base/metrics.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/detector/model/detection_service.h"
#include "learning_loop/detector/model/installed_models.h"
#include "learning_loop/detector/model/model_waits.h"
#include "learning_loop/node/loop_client.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

struct ModelUpdateOptions {
    std::filesystem::path data_folder;
    std::string format;     ///< Of the models that this detector runs; empty: it needs none.
    bool exclusive = false; ///< Free the old model before the new one is built.
};

/// Brings the model that is wanted into service, as one transaction: fetched, verified and built beside the old one,
/// linked as the current one, durably, and only then swapped in, between two requests. Until then whatever fails leaves
/// the old one in service, and is tried again after a wait that belongs to that model. To be used on the io thread.
class ModelUpdates {
public:
    /// Blocks.
    ModelUpdates(boost::asio::any_io_executor executor, ModelUpdateOptions options, LoopClient& loop,
                 DetectionService& detection, Metrics& metrics);

    /// `changed` is called whenever there is something new to report.
    void tell(std::function<void()> changed) { changed_ = std::move(changed); }

    /// Loads the model that ran last or, if it is broken, another one that is on this machine; or the logic that needs
    /// no model. It needs no Loop, and nothing is wrong if there is no model.
    Task<> load_last();

    /// Installs what is wanted, until it is cancelled.
    Task<> follow();

    /// From now on this is to run; nullopt: what runs. A download for another model is given up. Returns whether that
    /// is news.
    bool want(std::optional<DeploymentTarget> target);

    void allow(bool is_allowed); ///< Whether models may be installed.
    void try_now();              ///< What has failed before, too.

    /// Builds the model that runs anew, or else as `load_last`. Errors: those of DetectionService::build; then the old
    /// instances serve on. Those of Turn::take.
    Task<Result<void>> reload();

    /// Deletes all models; none runs any more. Errors: unavailable if the disk refuses, and those of Turn::take.
    Task<Result<void>> forget_models();

    std::string const& format() const { return options_.format; }
    std::optional<std::string> running_version() const;
    std::vector<std::string> const& local_versions() const { return models_.versions(); }

    /// What stands in the way of the model that is wanted, with its version.
    std::optional<std::string> const& problem() const { return problem_; }

private:
    /// nullopt: the model is not wanted any more.
    using Outcome = std::optional<Result<void>>;

    bool is_open() const;
    bool is_due() const;
    std::chrono::milliseconds time_to_next_try() const;
    Task<> settle();
    Task<> update_to(DeploymentTarget target);

    Task<Outcome> install(DeploymentTarget target);
    Task<Outcome> try_to_install(DeploymentTarget target);
    Task<std::optional<Result<ModelInformation>>> fetch(DeploymentTarget target);
    Task<Outcome> replace_by(ModelInformation model, std::optional<DeploymentTarget> target);
    Task<Outcome> build_and_commit(ModelInformation model, std::optional<DeploymentTarget> target);

    Task<std::optional<std::string>> load_last_good();
    Task<Result<void>> build_anew();

    void set_problem(std::optional<std::string> problem);

    ModelUpdateOptions options_;
    LoopClient& loop_;
    DetectionService& detection_;
    prometheus::Counter& installed_;
    prometheus::Counter& failed_;
    InstalledModels models_;
    Turn turn_{"the change of the model", 10};
    Interruptible downloading_;
    ModelWaits waits_;

    std::function<void()> changed_ = [] {};
    std::optional<DeploymentTarget> wanted_;
    bool is_allowed_ = false;
    std::optional<std::string> problem_;
    Pause pause_;
};

} // namespace learning_loop
