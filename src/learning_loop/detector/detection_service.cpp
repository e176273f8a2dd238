#include "learning_loop/detector/detection_service.h"

#include "learning_loop/async/within.h"
#include "learning_loop/infer/image_codec.h"

#include <thread>

namespace learning_loop {
namespace {

constexpr int max_waiting_each = 8; // a detector that is late drops frames instead of collecting them

template <class Detection>
void complete(std::vector<Detection>& detections, ModelInformation const& model)
{
    for (auto& detection : detections) {
        if (detection.model_name.empty()) detection.model_name = model.version;
        if (detection.category_id && !detection.category_id->empty()) continue;
        for (auto const& category : model.categories) {
            if (category.name == detection.category_name) detection.category_id = category.id;
        }
    }
}

void complete(ImageMetadata& found, ModelInformation const& model)
{
    complete(found.box_detections, model);
    complete(found.point_detections, model);
    complete(found.segmentation_detections, model);
    complete(found.classification_detections, model);
}

using Instances = std::vector<std::unique_ptr<DetectorLogic>>;

/// The user's code runs here. An exception of it means a model that cannot be used, not a bug of the node.
Result<Instances> build_instances(DetectorFactory const& factory, ModelInformation const& model, int count)
{
    Instances instances;
    try {
        for (int i = 0; i < count; ++i) {
            auto instance = factory(model);
            if (!instance) return instance.error();
            instances.push_back(std::move(*instance));
        }
    } catch (std::exception const& failure) {
        return Error{Errc::invalid_argument, failure.what()};
    }
    return instances;
}

} // namespace

DetectionService::DetectionService(boost::asio::any_io_executor executor, DetectorFactory factory, int streams,
                                   std::chrono::milliseconds max_time)
    : factory_(std::move(factory)),
      streams_(streams > 0 ? streams : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))),
      max_time_(max_time),
      ending_(std::make_shared<std::atomic<bool>>(false)),
      evaluations_(std::move(executor))
{}

Task<Result<void>> DetectionService::load(ModelInformation model)
{
    auto build = [this, model] { return build_instances(factory_, model, streams_); };
    auto instances = co_await building_.run(std::move(build));
    if (!instances) co_return instances.error();
    auto next = std::make_shared<RunningModel>(
        RunningModel{std::move(model), Streams<DetectorLogic>("detection", std::move(*instances), max_waiting_each)});
    co_await retire(std::exchange(running_, std::move(next)));
    co_return Result<void>();
}

Task<bool> DetectionService::finish(std::chrono::milliseconds grace)
{
    *ending_ = true;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    auto const deadline = std::chrono::steady_clock::now() + grace;
    while (evaluations_.size() > 0 && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(std::chrono::milliseconds(5));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_return evaluations_.size() == 0;
}

/// Lets go of a model that was replaced. The last owner frees it, which takes long: hence not on the io thread.
Task<> DetectionService::retire(std::shared_ptr<RunningModel> old)
{
    auto free = [old = std::move(old)]() mutable -> Result<void> {
        old.reset();
        return {};
    };
    (co_await building_.run(std::move(free))).value();
}

Task<Result<ImageMetadata>> DetectionService::detect(Bytes image)
{
    auto evaluating = evaluate(std::move(image));
    co_return co_await within(max_time_, evaluations_, "the detection", std::move(evaluating));
}

Task<Result<ImageMetadata>> DetectionService::evaluate(Bytes image)
{
    auto running = running_;
    if (!running)
        co_return Error{Errc::unavailable, "detector not yet initialized: no model is loaded; try again later"};
    auto job = [image = std::move(image), ending = ending_](DetectorLogic& logic) -> Result<ImageMetadata> {
        if (*ending) return Error{Errc::unavailable, "the node is ending"};
        auto const bgr = decode_image(image.view());
        if (!bgr) return bgr.error();
        return logic.evaluate(*bgr);
    };
    auto found = co_await running->streams.run(std::move(job));
    if (found) complete(*found, running->model);
    if (running != running_) co_await retire(std::move(running));
    co_return found;
}

} // namespace learning_loop
