#include "learning_loop/infer/onnx/onnx_detector.h"

#include "learning_loop/base/files.h"
#include "learning_loop/infer/letterbox.h"
#include "learning_loop/infer/nms.h"
#include "learning_loop/infer/onnx/impl/box_head.h"

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

constexpr double default_confidence = 0.25;
constexpr std::size_t max_model_bytes = std::size_t{1} << 30;

/// A float's worth of digits, for people who read them.
double readable(float score)
{
    return std::round(std::min(double{score}, 1.0) * 1e6) / 1e6;
}

class OnnxDetector final : public DetectorLogic {
public:
    OnnxDetector(BoxHead head, ModelInformation const& model, double conf_threshold, double iou_threshold)
        : head_(std::move(head)),
          categories_(model.categories),
          version_(model.version),
          conf_threshold_(conf_threshold),
          iou_threshold_(iou_threshold)
    {}

    Result<ImageMetadata> evaluate(cv::Mat const& bgr) override
    {
        if (bgr.empty() || bgr.dims != 2 || bgr.type() != CV_8UC3) {
            return Error{Errc::invalid_argument, "the image has to be 8 bit BGR"};
        }
        Letterbox const letterbox(bgr.size(), head_.input_size());
        letterbox.fill(bgr, head_.input());
        auto const found = head_.run();
        if (!found) return found.error();

        ImageMetadata metadata;
        for (auto const& candidate : suppress_overlaps(candidates(*found), iou_threshold_)) {
            cv::Rect2d const box(candidate.x1, candidate.y1, double{candidate.x2} - candidate.x1,
                                 double{candidate.y2} - candidate.y1);
            auto const pixels = letterbox.to_image(box);
            if (!pixels) continue;
            auto const& category = categories_[static_cast<std::size_t>(candidate.category)];
            metadata.box_detections.push_back({category.name, pixels->x, pixels->y, pixels->width, pixels->height,
                                               version_, readable(candidate.score), category.id});
        }
        return metadata;
    }

private:
    /// Each box for each category of which it is sure enough. A score that is no number never is.
    std::vector<BoxCandidate> candidates(BoxHead::Found const& found) const
    {
        std::vector<BoxCandidate> candidates;
        auto const classes = categories_.size();
        for (std::size_t i = 0; i < found.scores.size(); ++i) {
            if (!(double{found.scores[i]} >= conf_threshold_)) continue;
            auto const corners = found.boxes.subspan(i / classes * 4, 4);
            candidates.push_back(
                {corners[0], corners[1], corners[2], corners[3], found.scores[i], static_cast<int>(i % classes)});
        }
        return candidates;
    }

    BoxHead head_;
    std::vector<Category> const categories_;
    std::string const version_;
    double const conf_threshold_;
    double const iou_threshold_;
};

Result<void> check_threshold(std::string_view name, double threshold)
{
    if (threshold >= 0 && threshold <= 1) return {};
    return Error{Errc::invalid_argument, std::string(name) + ": expected 0 to 1"};
}

} // namespace

Result<std::unique_ptr<DetectorLogic>> make_onnx_detector(ModelInformation const& model, OnnxOptions const& options)
{
    auto const conf_threshold = options.conf_threshold.value_or(model.conf_threshold.value_or(default_confidence));
    if (auto ok = check_threshold("conf_threshold", conf_threshold); !ok) return ok.error();
    if (auto ok = check_threshold("iou_threshold", options.iou_threshold); !ok) return ok.error();
    if (model.categories.empty())
        return Error{Errc::invalid_argument, "model.json: categories: there are none to detect"};
    if (!model.model_root_path) return Error{Errc::invalid_argument, "model_root_path: the model has no folder"};

    auto const file = std::filesystem::path(*model.model_root_path) / "model.onnx";
    auto const bytes = read_file(file, max_model_bytes);
    if (!bytes) return bytes.error();
    auto head = BoxHead::load(file.string(), *bytes, model.categories.size(), options.onnxruntime_library);
    if (!head) return head.error();

    auto detector = std::make_unique<OnnxDetector>(std::move(*head), model, conf_threshold, options.iou_threshold);
    auto const proof = detector->evaluate(cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(Letterbox::fill_gray)));
    if (!proof) return proof.error();
    return std::unique_ptr<DetectorLogic>(std::move(detector));
}

} // namespace learning_loop
