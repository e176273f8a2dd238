// A detector node without a model: the brightest region of the image is the detection.
#include "learning_loop/detector/run_detector_node.h"

#include <opencv2/imgproc.hpp>

namespace ll = learning_loop;

class BrightSpot final : public ll::DetectorLogic {
public:
    ll::Result<ll::ImageMetadata> evaluate(cv::Mat const& bgr) override
    {
        cv::Mat gray;
        cv::cvtColor(bgr, gray, cv::COLOR_BGR2GRAY);
        auto const box = cv::boundingRect(gray > threshold_);
        ll::ImageMetadata found;
        if (!box.empty()) found.box_detections.push_back({"spot", box.x, box.y, box.width, box.height, "1.0", 1.0, {}});
        return found;
    }

private:
    int threshold_ = 200;
};

int main(int argc, char** argv)
{
    return ll::run_detector_node<BrightSpot>("bright_spot", argc, argv);
}
