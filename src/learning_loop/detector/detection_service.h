#pragma once

#include "learning_loop/async/streams.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/detector/evaluation.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

namespace learning_loop {

/// The coroutine face of the user's DetectorLogic: owns its instances and the streams they run on, and replaces them by
/// those of another model while requests are in flight.
class DetectionService {
public:
    /// `streams`: instances side by side; 0: one per core. Images that are not done after `max_time` are given up.
    DetectionService(boost::asio::any_io_executor executor, DetectorFactory factory, int streams,
                     ImageLimits const& limits = {}, std::chrono::milliseconds max_time = std::chrono::seconds(30));

    /// Builds the model's instances and lets them take over. If that fails, the old ones serve on. Errors: those of the
    /// user's factory, and invalid_argument if it throws.
    Task<Result<void>> load(ModelInformation model);

    /// From now on models are built by this factory.
    void build_with(DetectorFactory factory) { factory_ = std::move(factory); }

    /// Lets go of the model: there is none, as before the first `load`.
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

    std::size_t requests() const { return evaluations_.size(); } ///< That wait or are being evaluated.

    /// The model that runs; nullptr if there is none.
    ModelInformation const* model() const { return running_ ? &running_->model : nullptr; }

private:
    struct RunningModel {
        ModelInformation model;
        Streams<DetectorLogic> streams;
    };

    using Flag = std::shared_ptr<std::atomic<bool>>; // shared: with the jobs on the streams

    Task<Result<std::vector<Evaluated>>> evaluate(std::vector<SentImage> images, bool with_preview, Flag given_up);
    Task<Result<std::vector<Evaluated>>> evaluate_share(std::shared_ptr<RunningModel> running, Evaluation share,
                                                        Flag given_up);
    Task<> retire(std::shared_ptr<RunningModel> old);

    DetectorFactory factory_;
    int streams_;
    ImageLimits limits_;
    std::chrono::milliseconds max_time_;
    std::shared_ptr<RunningModel> running_;              // shared: requests that began under the old model end under it
    Lane building_{"building a model", Lane::unbounded}; ///< Bounded by the requests in flight.
    Flag ending_;
    TaskGroup evaluations_; ///< Also those whose requests have ended.
};

} // namespace learning_loop
