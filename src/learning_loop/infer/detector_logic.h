#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/data/model_information.h"

#include <opencv2/core/mat.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace learning_loop {

/// What the author of a detector node provides. Each instance is used by one thread at a time; a node builds several of
/// them.
class DetectorLogic {
public:
    virtual ~DetectorLogic() = default;

    /// Finds things in one upright image, 8 bit BGR, three channels. Coordinates of the answer are pixels of this
    /// image. `category_id` and `model_name` may be left empty: the node fills them from the loaded model. May block.
    /// What it throws fails the request and is logged.
    virtual Result<ImageMetadata> evaluate(cv::Mat const& bgr) = 0;

    /// The same for several images that came together: one item for each, in their order. Overwrite it if your hardware
    /// gains from working on several at once; by default they are evaluated one after another. The images of a request
    /// are spread over the instances, so one instance (STREAMS=1) gets the largest batches, of at most 16; a single
    /// image goes to `evaluate`.
    virtual Result<ImagesMetadata> batch_evaluate(std::vector<cv::Mat> const& bgr);
};

/// Builds one instance from an unpacked model: its files lie in `model_root_path`. Called on a thread that may block,
/// while instances of an older model go on serving.
using DetectorFactory = std::function<Result<std::unique_ptr<DetectorLogic>>(ModelInformation const& model)>;

} // namespace learning_loop
