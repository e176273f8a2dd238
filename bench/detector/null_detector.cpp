// A detector that finds nothing, at once: what is left is the cost of the node.
#include "learning_loop/detector/run_detector_node.h"

class Nothing final : public learning_loop::DetectorLogic {
public:
    learning_loop::Result<learning_loop::ImageMetadata> evaluate(cv::Mat const&) override
    {
        return learning_loop::ImageMetadata{};
    }
};

int main(int argc, char** argv)
{
    return learning_loop::run_detector_node<Nothing>("null_detector", argc, argv);
}
