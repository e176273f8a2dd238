#include "learning_loop/detector/run_detector_node.h"

#include "support/captured_stderr.h"

#include <gtest/gtest.h>

#include <array>

namespace learning_loop {
namespace {

/// A logic that needs no model.
struct Blind final : DetectorLogic {
    Result<ImageMetadata> evaluate(cv::Mat const&) override { return ImageMetadata{}; }
};

/// A logic that runs models.
struct Reader final : DetectorLogic {
    static Result<std::unique_ptr<DetectorLogic>> build(ModelInformation const&) { return std::make_unique<Reader>(); }
    Result<ImageMetadata> evaluate(cv::Mat const&) override { return ImageMetadata{}; }
};

/// The exit status after a start with this flag, and what was said on stderr.
template <class Run>
std::pair<int, std::string> started_with(char const* flag, Run const& run)
{
    std::array<char const*, 2> const words{"node", flag};
    test::CapturedStderr const said;
    int const status = run(static_cast<int>(words.size()), words.data());
    return {status, said.text()};
}

int run_blind(int argc, char const* const* argv)
{
    return run_detector_node<Blind>("blind", argc, argv);
}

int run_reader(int argc, char const* const* argv)
{
    return run_detector_node<Reader>("reader", "onnx", argc, argv);
}

TEST(RunDetectorNode, explains_a_node_of_either_kind_of_logic)
{
    EXPECT_EQ(started_with("--help", run_blind).first, 0);
    EXPECT_EQ(started_with("--help", run_reader).first, 0);
}

TEST(RunDetectorNode, ends_with_2_and_the_reason_if_a_setting_is_wrong)
{
    auto const [status, said] = started_with("--streams=many", run_blind);
    EXPECT_EQ(status, 2);
    EXPECT_TRUE(said.starts_with("blind: ")) << said;
    EXPECT_NE(said.find("--streams (STREAMS): 'many' is wrong"), std::string::npos) << said;
    EXPECT_EQ(started_with("--streams=many", run_reader).first, 2);
}

} // namespace
} // namespace learning_loop
