#include "learning_loop/infer/detector_logic.h"

namespace learning_loop {

Result<ImagesMetadata> DetectorLogic::batch_evaluate(std::vector<cv::Mat> const& bgr)
{
    ImagesMetadata found;
    for (auto const& image : bgr) {
        auto one = evaluate(image);
        if (!one) return one.error();
        found.items.push_back(std::move(*one));
    }
    return found;
}

} // namespace learning_loop
