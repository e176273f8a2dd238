#include "learning_loop/infer/onnx/onnx_detector.h"

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <unistd.h>

#include <fstream>

// The models in tests/data/models find red and blue cells of 16x16 pixels of their 96x64 input (see make_models.py).

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

class OnnxDetectorTest : public testing::Test {
protected:
    OnnxDetectorTest()
    {
        fs::create_directories(folder_);
        model_.version = "1.3";
        model_.model_root_path = folder_.string();
        for (auto const* name : {"red", "blue"}) {
            auto& category = model_.categories.emplace_back();
            category.name = name;
            category.id = "id of " + category.name;
        }
    }
    ~OnnxDetectorTest() override { fs::remove_all(folder_); }

    void install(std::string const& name)
    {
        fs::copy_file(fs::path(LL_TEST_DATA) / "models" / name, folder_ / "model.onnx",
                      fs::copy_options::overwrite_existing);
    }

    void install_bytes(std::string const& bytes) { std::ofstream(folder_ / "model.onnx", std::ios::binary) << bytes; }

    /// The model is refused as wrong, in words that hold `text` and the name of the file.
    void expect_refused(std::string_view text)
    {
        auto const refused = make_onnx_detector(model_, {});
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, Errc::invalid_argument);
        EXPECT_NE(refused.error().message.find(text), std::string::npos) << refused.error().message;
        EXPECT_NE(refused.error().message.find("model.onnx"), std::string::npos) << refused.error().message;
    }

    std::vector<BoxDetection> boxes_in(cv::Mat const& bgr, OnnxOptions const& options = {})
    {
        return make_onnx_detector(model_, options).value()->evaluate(bgr).value().box_detections;
    }

    fs::path const folder_ = fs::temp_directory_path() / ("onnx_detector_test." + std::to_string(::getpid()));
    ModelInformation model_;
};

/// Ten times as large as the input, which it fills but for a row of cells above and below.
cv::Mat scene()
{
    return cv::Mat(320, 960, CV_8UC3, cv::Scalar(114, 114, 114));
}

cv::Mat scene_with_red(double confidence)
{
    auto image = scene();
    image(cv::Rect(320, 160, 160, 160)) = cv::Scalar(0, 0, 255 * confidence);
    return image;
}

TEST_F(OnnxDetectorTest, finds_boxes_and_maps_them_back_to_pixels_of_the_image)
{
    install("cells.onnx");
    auto image = scene_with_red(1);
    image(cv::Rect(0, 0, 160, 160)) = cv::Scalar(204, 0, 0);
    auto const boxes = boxes_in(image);
    ASSERT_EQ(boxes.size(), 2U);
    EXPECT_EQ(boxes[0].category_name, "red");
    EXPECT_EQ(boxes[0].category_id, "id of red");
    EXPECT_EQ(boxes[0].model_name, "1.3");
    EXPECT_NEAR(boxes[0].confidence, 1, 1e-5);
    EXPECT_EQ(cv::Rect(boxes[0].x, boxes[0].y, boxes[0].width, boxes[0].height), cv::Rect(320, 160, 160, 160));
    EXPECT_EQ(boxes[1].category_name, "blue");
    EXPECT_NEAR(boxes[1].confidence, 0.8, 1e-5);
    EXPECT_EQ(cv::Rect(boxes[1].x, boxes[1].y, boxes[1].width, boxes[1].height), cv::Rect(0, 0, 160, 160));
}

TEST_F(OnnxDetectorTest, finds_nothing_in_gray)
{
    install("cells.onnx");
    EXPECT_TRUE(boxes_in(scene()).empty());
}

TEST_F(OnnxDetectorTest, takes_the_models_confidence_unless_told_another_and_a_quarter_when_nobody_tells)
{
    install("cells.onnx");
    auto const found = [&](double confidence, OnnxOptions const& options) {
        return !boxes_in(scene_with_red(confidence), options).empty();
    };
    EXPECT_FALSE(found(0.2, {}));
    EXPECT_TRUE(found(0.3, {}));
    model_.conf_threshold = 0.5;
    EXPECT_FALSE(found(0.4, {}));
    EXPECT_TRUE(found(0.6, {}));
    EXPECT_TRUE(found(0.4, {.conf_threshold = 0.3}));
}

TEST_F(OnnxDetectorTest, drops_the_weaker_of_boxes_that_overlap_by_more_than_the_threshold)
{
    install("cells.onnx");
    EXPECT_EQ(boxes_in(scene_with_red(1), {.iou_threshold = 0.55}).size(), 1U);
    EXPECT_EQ(boxes_in(scene_with_red(1), {.iou_threshold = 0.65}).size(), 2U);
}

TEST_F(OnnxDetectorTest, refuses_a_threshold_beyond_0_to_1)
{
    install("cells.onnx");
    EXPECT_EQ(make_onnx_detector(model_, {.conf_threshold = 1.5}).error().message, "conf_threshold: expected 0 to 1");
    EXPECT_EQ(make_onnx_detector(model_, {.iou_threshold = -0.1}).error().message, "iou_threshold: expected 0 to 1");
}

TEST_F(OnnxDetectorTest, finds_nothing_with_scores_that_are_no_numbers)
{
    install("no_numbers.onnx");
    EXPECT_TRUE(boxes_in(scene_with_red(1), {.conf_threshold = 0.0}).empty());
}

TEST_F(OnnxDetectorTest, finds_nothing_with_boxes_that_are_infinite)
{
    install("endless_boxes.onnx");
    EXPECT_TRUE(boxes_in(scene_with_red(1)).empty());
}

TEST_F(OnnxDetectorTest, refuses_an_image_that_is_not_8_bit_bgr)
{
    install("cells.onnx");
    auto const detector = make_onnx_detector(model_, {}).value();
    EXPECT_EQ(detector->evaluate({}).error().code, Errc::invalid_argument);
    EXPECT_EQ(detector->evaluate(cv::Mat(8, 8, CV_8UC1, cv::Scalar(0))).error().code, Errc::invalid_argument);
}

TEST_F(OnnxDetectorTest, names_both_numbers_of_categories_that_do_not_match)
{
    install("cells.onnx");
    model_.categories.emplace_back().name = "green";
    expect_refused("tells apart 2 categories, but model.json lists 3");
    model_.categories.clear();
    EXPECT_EQ(make_onnx_detector(model_, {}).error().code, Errc::invalid_argument);
}

TEST_F(OnnxDetectorTest, names_what_it_expected_of_another_head)
{
    install("four_channels.onnx");
    expect_refused("input \"image\" has to be float32 [1, 3, H, W] but is float32 [1, 4, 64, 96]");
    install("any_size.onnx");
    expect_refused("needs a fixed height and width");
    install("other_input_name.onnx");
    expect_refused("its input has to be called \"image\" but is \"data\"");
    install("five_corners.onnx");
    expect_refused("output \"boxes\" has to be float32 [1, N, 4] but is float32 [1, 48, 5]");
    install("no_scores.onnx");
    expect_refused("output \"scores\" has to be float32 [1, N, C] but is missing");
    install("double_boxes.onnx");
    expect_refused("output \"boxes\" has to be float32 [1, N, 4] but is not float32");
    install("too_few_boxes.onnx");
    expect_refused("do not belong together");
}

TEST_F(OnnxDetectorTest, refuses_a_file_that_is_no_model)
{
    install_bytes("");
    expect_refused("is no ONNX model");
    install_bytes("PK not a model");
    expect_refused("is no ONNX model");
    install_bytes(std::string(100'000, '\x7F'));
    expect_refused("is no ONNX model");
}

TEST_F(OnnxDetectorTest, refuses_a_model_that_was_cut_off)
{
    install("cells.onnx");
    auto const whole = fs::file_size(folder_ / "model.onnx");
    for (auto const length : {whole / 4, whole / 2, whole - 1}) {
        fs::resize_file(folder_ / "model.onnx", length);
        expect_refused("is no ONNX model");
        install("cells.onnx");
    }
}

TEST_F(OnnxDetectorTest, refuses_a_model_that_names_another_file_as_its_weights)
{
    install("weights_elsewhere.onnx");
    std::ofstream(folder_ / "weights.bin") << std::string(6144, 'x');
    auto const before = fs::current_path();
    fs::current_path(folder_);
    expect_refused("is no ONNX model");
    fs::current_path(before);
}

TEST_F(OnnxDetectorTest, says_when_the_file_is_missing)
{
    EXPECT_EQ(make_onnx_detector(model_, {}).error().code, Errc::not_found);
    model_.model_root_path.reset();
    EXPECT_EQ(make_onnx_detector(model_, {}).error().code, Errc::invalid_argument);
}

} // namespace
} // namespace learning_loop
