#include "learning_loop/detector/detection_service.h"

#include "learning_loop/async/all.h"
#include "learning_loop/async/within.h"
#include "learning_loop/detector/category_ids.h"

#include <algorithm>
#include <iterator>
#include <thread>

namespace learning_loop {
namespace {

constexpr int max_waiting_each = 8; // a detector that is late drops frames instead of collecting them

/// Cuts the images into at most `count` shares of about the same size, in their order.
std::vector<std::vector<SentImage>> shares_of(std::vector<SentImage> images, std::size_t count)
{
    auto const each = (images.size() + count - 1) / count;
    std::vector<std::vector<SentImage>> shares;
    for (auto& image : images) {
        if (shares.empty() || shares.back().size() == each) shares.emplace_back();
        shares.back().push_back(std::move(image));
    }
    return shares;
}

/// What the shares became, in their order; the first error, if one has failed.
Result<std::vector<Evaluated>> joined(std::vector<Result<std::vector<Evaluated>>> shares)
{
    std::vector<Evaluated> all;
    for (auto& share : shares) {
        if (!share) return share.error();
        std::ranges::move(*share, std::back_inserter(all));
    }
    return all;
}

/// What is still to be done for a request is not done any more once the request has ended, in whatever way.
struct GiveUpAtTheEnd {
    std::shared_ptr<std::atomic<bool>> given_up; // shared: with the jobs on the streams

    ~GiveUpAtTheEnd() { *given_up = true; }
};

using Instances = std::vector<std::unique_ptr<DetectorLogic>>;

/// The user's code runs here. An exception of it means a model that cannot be used, not a bug of the node.
Result<Instances> build_instances(DetectorFactory const& factory, ModelInformation const& model, int count)
{
    Instances instances;
    try {
        for (int i = 0; i < count; ++i) {
            auto instance = factory(model);
            if (!instance) return instance.error();
            if (!*instance) return Error{Errc::invalid_argument, "the detector's factory made no instance"};
            instances.push_back(std::move(*instance));
        }
    } catch (std::exception const& failure) {
        return Error{Errc::invalid_argument, failure.what()};
    } catch (...) {
        return Error{Errc::invalid_argument, "the detector's factory threw what is no std::exception"};
    }
    return instances;
}

} // namespace

DetectionService::DetectionService(boost::asio::any_io_executor executor, DetectorFactory factory, int streams,
                                   ImageLimits const& limits, std::chrono::milliseconds max_time)
    : factory_(std::move(factory)),
      streams_(streams > 0 ? streams : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))),
      limits_(limits),
      max_time_(max_time),
      ending_(std::make_shared<std::atomic<bool>>(false)),
      evaluations_(std::move(executor))
{}

Task<Result<void>> DetectionService::load(ModelInformation model)
{
    // The factory by value: a soft reload may replace it meanwhile.
    auto build = [factory = factory_, model, count = streams_] { return build_instances(factory, model, count); };
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

Task<> DetectionService::unload()
{
    co_await retire(std::exchange(running_, nullptr));
}

Task<Result<std::vector<Evaluated>>> DetectionService::detect(std::vector<SentImage> images, bool with_preview)
{
    GiveUpAtTheEnd const over{std::make_shared<std::atomic<bool>>(false)};
    auto evaluating = evaluate(std::move(images), with_preview, over.given_up);
    co_return co_await within(max_time_, evaluations_, "the detection", std::move(evaluating));
}

Task<Result<std::vector<Evaluated>>> DetectionService::evaluate(std::vector<SentImage> images, bool with_preview,
                                                                Flag given_up)
{
    auto running = running_;
    if (!running)
        co_return Error{Errc::unavailable, "detector not yet initialized: no model is loaded; try again later"};
    std::vector<Task<Result<std::vector<Evaluated>>>> tasks;
    for (auto& share : shares_of(std::move(images), static_cast<std::size_t>(streams_))) {
        bool const is_first = tasks.empty();
        Evaluation evaluation{std::move(share), limits_, with_preview && is_first};
        tasks.push_back(evaluate_share(running, std::move(evaluation), given_up));
    }
    Result<std::vector<Evaluated>> evaluated;
    std::exception_ptr thrown;
    try {
        evaluated = joined(co_await all(std::move(tasks)));
    } catch (...) {
        thrown = std::current_exception();
    }
    if (!thrown && evaluated) {
        for (auto& one : *evaluated) complete_detections(one.found, running->model);
    }
    if (running != running_) co_await retire(std::move(running)); // also if the logic has thrown
    if (thrown) std::rethrow_exception(thrown);
    co_return evaluated;
}

Task<Result<std::vector<Evaluated>>> DetectionService::evaluate_share(std::shared_ptr<RunningModel> running,
                                                                      Evaluation share, Flag given_up)
{
    auto is_over = [ending = ending_, given_up = std::move(given_up)] { return *ending || *given_up; };
    auto job = [share = std::move(share), is_over = std::move(is_over)](DetectorLogic& logic) {
        return share.run(logic, is_over);
    };
    co_return co_await running->streams.run(std::move(job));
}

} // namespace learning_loop
