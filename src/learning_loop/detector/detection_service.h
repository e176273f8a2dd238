#pragma once

#include "learning_loop/async/streams.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/bytes.h"
#include "learning_loop/infer/detector_logic.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace learning_loop {

/// The coroutine face of the user's DetectorLogic: owns its instances and the streams they run on, and replaces them by
/// those of another model while requests are in flight.
class DetectionService {
public:
    /// `streams`: instances side by side; 0: one per core. An image that is not done after `max_time` is given up.
    DetectionService(boost::asio::any_io_executor executor, DetectorFactory factory, int streams,
                     std::chrono::milliseconds max_time = std::chrono::seconds(30));

    /// Builds the model's instances and lets them take over. If that fails, the old ones serve on. Errors: those of the
    /// user's factory, and invalid_argument if it throws.
    Task<Result<void>> load(ModelInformation model);

    /// Decodes the image upright and evaluates it; names, ids and versions that the logic left open are filled from the
    /// model. Errors: unavailable if no model is loaded, too many images wait or it took too long. invalid_argument or
    /// too_large if it is no valid image. Otherwise those of the logic.
    Task<Result<ImageMetadata>> detect(Bytes image);

    /// Ends the images that still wait for a stream, and waits for those that are being evaluated although their
    /// requests have ended. Call it once, after the last `detect`. Returns false if one is still running after `grace`:
    /// then only the end of the process can end it.
    Task<bool> finish(std::chrono::milliseconds grace);

    bool ready() const { return running_ != nullptr; }

    /// The model that runs; nullptr if there is none.
    ModelInformation const* model() const { return running_ ? &running_->model : nullptr; }

private:
    struct RunningModel {
        ModelInformation model;
        Streams<DetectorLogic> streams;
    };

    Task<Result<ImageMetadata>> evaluate(Bytes image);
    Task<> retire(std::shared_ptr<RunningModel> old);

    DetectorFactory factory_;
    int streams_;
    std::chrono::milliseconds max_time_;
    std::shared_ptr<RunningModel> running_;              // shared: requests that began under the old model end under it
    Lane building_{"building a model", Lane::unbounded}; ///< Bounded by the requests in flight.
    std::shared_ptr<std::atomic<bool>> ending_;          // shared: with the jobs on the streams
    TaskGroup evaluations_;                              ///< Also those whose requests have ended.
};

} // namespace learning_loop
