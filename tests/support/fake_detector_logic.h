#pragma once

#include "learning_loop/infer/detector_logic.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace learning_loop::test {

/// What the fakes of one test find, and what they saw. Their threads and the test's share it.
struct FakeFindings {
    Result<ImageMetadata> next = ImageMetadata{};            ///< Set while no request runs.
    std::string broken_version;                              ///< A model of this version cannot be built.
    std::function<void(std::string const&)> before_building; ///< Called with each version, if set.
    std::function<void()> before;                            ///< Called with each image, if set; may throw.
    std::atomic<int> calls = 0;
    std::atomic<int> instances = 0;   ///< Built so far.
    std::atomic<int> living = 0;      ///< Of these.
    std::size_t left_out = 0;         ///< Of the items of each batch, at its end.
    std::vector<cv::Size> sizes;      ///< Of the images, in the order they came.
    std::vector<std::size_t> batches; ///< How many images each call of `batch_evaluate` had.
    std::mutex guard;                 ///< Of `sizes` and `batches`.
};

/// Finds what the test tells it to find.
class FakeDetectorLogic final : public DetectorLogic {
public:
    explicit FakeDetectorLogic(std::shared_ptr<FakeFindings> findings) : findings_(std::move(findings))
    {
        ++findings_->living;
    }
    ~FakeDetectorLogic() override { --findings_->living; }

    Result<ImageMetadata> evaluate(cv::Mat const& bgr) override
    {
        ++findings_->calls;
        std::lock_guard const lock(findings_->guard);
        findings_->sizes.push_back(bgr.size());
        if (findings_->before) findings_->before();
        return findings_->next;
    }

    Result<ImagesMetadata> batch_evaluate(std::vector<cv::Mat> const& bgr) override
    {
        auto found = DetectorLogic::batch_evaluate(bgr);
        std::lock_guard const lock(findings_->guard);
        findings_->batches.push_back(bgr.size());
        if (found) found->items.resize(found->items.size() - findings_->left_out);
        return found;
    }

private:
    std::shared_ptr<FakeFindings> findings_;
};

inline DetectorFactory fake_factory(std::shared_ptr<FakeFindings> findings)
{
    return [findings](ModelInformation const& model) -> Result<std::unique_ptr<DetectorLogic>> {
        if (findings->before_building) findings->before_building(model.version);
        if (!findings->broken_version.empty() && model.version == findings->broken_version) {
            return Error{Errc::invalid_argument, "the weights are broken"};
        }
        ++findings->instances;
        return std::make_unique<FakeDetectorLogic>(findings);
    };
}

} // namespace learning_loop::test
