#pragma once

#include "learning_loop/async/streams.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/detector/model/evaluation.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The coroutine face of the user's DetectorLogic: owns its instances and the streams they run on, and replaces them by
/// those of another model while requests are in flight.
class DetectionService {
public:
    /// `streams`: instances side by side; 0: one per core. Images that are not done after `max_time` are given up.
    DetectionService(boost::asio::any_io_executor executor, DetectorFactory factory, int streams,
                     ImageLimits const& limits = {}, std::chrono::milliseconds max_time = std::chrono::seconds(30));

    struct RunningModel {
        ModelInformation model;
        Streams<DetectorLogic> streams;
    };

    /// A model with its instances. A thread of the service frees them, which may take long, when nobody has it any
    /// more.
    using Built = std::shared_ptr<RunningModel>; // shared: requests that began under a model end under it

    /// Builds the model's instances beside those that serve, once those of older models are freed: no more than two
    /// models take memory. Errors: those of the user's factory, and invalid_argument if it throws; unavailable if
    /// images of an older model are still being evaluated after `max_time`.
    Task<Result<Built>> build(ModelInformation model);

    /// From now on these evaluate what comes. Requests that began under the old ones end under them.
    void take_over(Built next);

    /// Builds the model and lets it take over. If that fails, the old one serves on. Errors: as `build`.
    Task<Result<void>> load(ModelInformation model);

    /// Lets go of the model and frees it, so that there is memory for another one. Until the next one takes over, or
    /// `unload`, requests are told that the model is being updated to this version. Errors: unavailable if its images
    /// are still being evaluated after `max_time`; then it serves on.
    Task<Result<void>> make_room_for(std::string version);

    /// From now on models are built by this factory.
    void build_with(DetectorFactory factory) { factory_ = std::move(factory); }

    /// Lets go of the model: there is none, as before the first `load`. Waits until it is freed, at most for
    /// `max_time`.
    Task<> unload();

    /// Decodes the images upright and evaluates them, spread over the streams; names, ids and versions that the logic
    /// left open are filled from the model. Returns one item for each image, in their order, the first one with a
    /// preview if it is wanted. Errors: unavailable if no model is loaded, too many images wait or it took too long.
    /// invalid_argument or too_large if one is no valid image. Otherwise those of the logic. Throws what the logic
    /// throws, as a std::runtime_error.
    Task<Result<std::vector<Evaluated>>> detect(std::vector<SentImage> images, bool with_preview);

    /// Ends the images that still wait for a stream, and waits for those that are being evaluated although their
    /// requests have ended. Call it once, after the last `detect`. Returns false if one is still running after `grace`:
    /// then only the end of the process can end it.
    Task<bool> finish(std::chrono::milliseconds grace);

    bool ready() const { return running_ != nullptr; }

    /// Errors: unavailable if no model runs, in the words that clients compare with.
    Result<void> check_ready() const;

    /// The version that is being built while no model runs.
    std::optional<std::string> const& updating_to() const { return updating_to_; }

    std::size_t requests() const { return evaluations_.size(); } ///< That wait or are being evaluated.

    /// The model that runs; nullptr if there is none.
    ModelInformation const* model() const { return running_ ? &running_->model : nullptr; }

private:
    using Flag = std::shared_ptr<std::atomic<bool>>; // shared: with the jobs on the streams

    Task<Result<std::vector<Evaluated>>> evaluate(std::vector<SentImage> images, bool with_preview, Flag given_up);
    Task<Result<std::vector<Evaluated>>> evaluate_share(Built running, Evaluation share, Flag given_up);
    Built own(ModelInformation model, std::vector<std::unique_ptr<DetectorLogic>> instances);
    Task<bool> wait_for_models(int most);

    DetectorFactory factory_;
    int streams_;
    ImageLimits limits_;
    std::chrono::milliseconds max_time_;
    std::atomic<int> models_ = 0; ///< That are not freed yet.
    Lane freeing_{"freeing a model"};
    Built running_;
    std::optional<std::string> updating_to_;
    Lane building_{"building a model"};
    Flag ending_;
    TaskGroup evaluations_; ///< Also those whose requests have ended.
};

} // namespace learning_loop
