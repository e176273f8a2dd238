#include "learning_loop/detector/model/detection_service.h"

#include "learning_loop/async/all.h"
#include "learning_loop/async/holds_within.h"
#include "learning_loop/async/within.h"
#include "learning_loop/detector/model/category_ids.h"

#include <algorithm>
#include <iterator>
#include <system_error>
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

Error still_evaluated()
{
    return {Errc::unavailable, "images are still being evaluated by the model before: try again later"};
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

Task<Result<DetectionService::Built>> DetectionService::build(ModelInformation model)
{
    int const beside = running_ ? 1 : 0;
    if (!co_await wait_for_models(beside)) co_return still_evaluated();
    // The factory by value: a soft reload may replace it meanwhile.
    auto job = [factory = factory_, model, count = streams_] { return build_instances(factory, model, count); };
    auto instances = co_await building_.run(std::move(job));
    if (!instances) co_return instances.error();
    try {
        co_return own(std::move(model), std::move(*instances));
    } catch (std::system_error const& failure) {
        co_return Error{Errc::unavailable, std::string("the system has no thread for it: ") + failure.what()};
    }
}

DetectionService::Built DetectionService::own(ModelInformation model, Instances instances)
{
    Streams<DetectorLogic> streams("detection", std::move(instances), max_waiting_each);
    auto made = std::make_unique<RunningModel>(RunningModel{std::move(model), std::move(streams)});
    ++models_;
    auto free = [this](RunningModel* old) {
        auto job = [this, old] {
            delete old;
            --models_;
        };
        freeing_.post(std::move(job));
    };
    return {made.release(), std::move(free)};
}

void DetectionService::take_over(Built next)
{
    running_ = std::move(next);
    updating_to_.reset();
}

Task<Result<void>> DetectionService::load(ModelInformation model)
{
    auto built = co_await build(std::move(model));
    if (!built) co_return built.error();
    take_over(std::move(*built));
    co_return Result<void>();
}

Task<Result<void>> DetectionService::make_room_for(std::string version)
{
    updating_to_ = std::move(version);
    std::weak_ptr<RunningModel> const old = running_;
    running_.reset();
    if (co_await wait_for_models(0)) co_return Result<void>();
    if (auto still_there = old.lock()) take_over(std::move(still_there));
    co_return still_evaluated();
}

Task<> DetectionService::unload()
{
    running_.reset();
    updating_to_.reset();
    co_await wait_for_models(0);
}

/// Waits until no more than `most` models take memory, or an image has had all the time that it may take.
Task<bool> DetectionService::wait_for_models(int most)
{
    auto are_few = [this, most] { return models_ <= most; };
    return holds_within(std::move(are_few), max_time_);
}

Result<void> DetectionService::check_ready() const
{
    if (running_) return {};
    if (updating_to_) return Error{Errc::unavailable, "updating model to version " + *updating_to_};
    return Error{Errc::unavailable, "detector not yet initialized"};
}

Task<bool> DetectionService::finish(std::chrono::milliseconds grace)
{
    *ending_ = true;
    auto have_ended = [this] { return evaluations_.size() == 0; };
    co_return co_await holds_within(std::move(have_ended), grace);
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
    if (!running && !updating_to_)
        co_return Error{Errc::unavailable, "detector not yet initialized: no model is loaded; try again later"};
    if (!running) co_return check_ready().error();
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
    if (thrown) std::rethrow_exception(thrown);
    co_return evaluated;
}

Task<Result<std::vector<Evaluated>>> DetectionService::evaluate_share(Built running, Evaluation share, Flag given_up)
{
    auto is_over = [ending = ending_, given_up = std::move(given_up)] { return *ending || *given_up; };
    auto job = [share = std::move(share), is_over = std::move(is_over)](DetectorLogic& logic) {
        return share.run(logic, is_over);
    };
    co_return co_await running->streams.run(std::move(job));
}

} // namespace learning_loop
