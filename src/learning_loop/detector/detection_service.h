#pragma once

#include "learning_loop/async/streams.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/infer/detector_logic.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace learning_loop {

/// The bytes of an image file within a request that is kept alive by whoever still looks at them.
struct ImageBytes {
    std::shared_ptr<std::string const> owner; // shared: the request's coroutine and the job on a stream
    std::string_view bytes;
};

/// The coroutine face of the user's DetectorLogic: owns its instances and the streams they run on, and swaps them for
/// those of another model while requests go on.
class DetectionService {
public:
    /// `streams`: instances side by side; 0: one per core. An image that is not done after `limit` is given up.
    DetectionService(boost::asio::any_io_executor executor, DetectorFactory factory, int streams,
                     std::chrono::milliseconds limit = std::chrono::seconds(30));

    /// Builds the model's instances and lets them take over. On an error the old ones serve on.
    Task<Result<void>> load(ModelInformation model);

    /// Decodes the image upright and has it evaluated; names, ids and versions that the logic left open are filled from
    /// the model. unavailable: no model is loaded, the streams are full, or it took too long. invalid_argument,
    /// too_large: the image is at fault.
    Task<Result<ImageMetadata>> detect(ImageBytes image);

    /// Ends what still waits for a stream, and waits for what runs there for nobody any more. Call once, when nobody
    /// asks any more. False: something still runs after `grace`; nothing but the end of the process will end it.
    Task<bool> finish(std::chrono::milliseconds grace);

    bool ready() const { return running_ != nullptr; }

    /// Of the model that runs; nullptr without one.
    ModelInformation const* model() const { return running_ ? &running_->model : nullptr; }

private:
    struct RunningModel {
        ModelInformation model;
        Streams<DetectorLogic> streams;
    };

    Task<Result<ImageMetadata>> evaluate(ImageBytes image);
    Task<> retire(std::shared_ptr<RunningModel> old);

    DetectorFactory factory_;
    int streams_;
    std::chrono::milliseconds limit_;
    std::shared_ptr<RunningModel> running_;              // shared: requests that began under the old model end under it
    Lane building_{"building a model", Lane::unbounded}; ///< Bounded by the requests in hand.
    std::shared_ptr<std::atomic<bool>> ending_;          // shared: with the jobs on the streams
    TaskGroup given_up_;                                 ///< And those that are still waited for.
};

} // namespace learning_loop
