#include "learning_loop/infer/onnx/impl/box_head.h"

#include "learning_loop/base/text.h"
#include "learning_loop/infer/onnx/onnx_runtime.h"

#include <onnxruntime_session_options_config_keys.h>

#include <algorithm>
#include <array>
#include <optional>

namespace learning_loop {
namespace {

using Dimensions = std::vector<std::int64_t>;
constexpr std::int64_t any = -1; // as ONNX Runtime marks a dimension that the model leaves open

Ort::SessionOptions options()
{
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);
    options.SetInterOpNumThreads(1);
    options.SetExecutionMode(ORT_SEQUENTIAL);
    // A spinning thread takes its core from the other instances.
    options.AddConfigEntry(kOrtSessionOptionsConfigAllowIntraOpSpinning, "0");
    options.AddConfigEntry(kOrtSessionOptionsConfigAllowInterOpSpinning, "0");
    // A model may name other files as its weights, which are looked for in the working folder unless another is set:
    // none is.
    options.AddConfigEntry(kOrtSessionOptionsModelExternalInitializersFileFolderPath, "/dev/null/none");
    return options;
}

/// As `float32 [1, 3, H, W]`; `names` are those of open dimensions.
std::string described(Dimensions const& shape, std::array<std::string_view, 4> names)
{
    std::string text;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += i == 0 ? "" : ", ";
        text += shape[i] == any && i < names.size() ? std::string(names[i]) : std::to_string(shape[i]);
    }
    return "float32 [" + text + "]";
}

bool fits(Dimensions const& shape, Dimensions const& expected)
{
    auto const same = [](std::int64_t is, std::int64_t should) { return is == should || is == any || should == any; };
    return std::ranges::equal(shape, expected, same);
}

/// nullopt: the type is no tensor of float32.
std::optional<Dimensions> shape_of(Ort::TypeInfo const& type)
{
    if (type.GetONNXType() != ONNX_TYPE_TENSOR) return std::nullopt;
    auto const tensor = type.GetTensorTypeAndShapeInfo();
    if (tensor.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) return std::nullopt;
    return tensor.GetShape();
}

struct Port {
    std::string name;
    std::optional<Dimensions> shape;
    bool is_there = true;
};

std::string described(Port const& port)
{
    if (!port.is_there) return "missing";
    if (!port.shape) return "not float32";
    return described(*port.shape, {"any", "any", "any", "any"});
}

Result<void> check_port(std::string const& file, std::string_view kind, Port const& port, Dimensions const& expected,
                        std::array<std::string_view, 4> names)
{
    if (port.shape && fits(*port.shape, expected)) return {};
    return Error{Errc::invalid_argument, file + ": " + std::string(kind) + " \"" + port.name + "\" has to be " +
                                             described(expected, names) + " but is " + described(port)};
}

Port output_of(Ort::Session const& session, std::string_view name)
{
    Ort::AllocatorWithDefaultOptions allocator;
    for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
        if (session.GetOutputNameAllocated(i, allocator).get() == name) {
            return {std::string(name), shape_of(session.GetOutputTypeInfo(i))};
        }
    }
    return {std::string(name), std::nullopt, false};
}

std::span<float const> floats(Ort::Value const& tensor)
{
    return {tensor.GetTensorData<float>(), tensor.GetTensorTypeAndShapeInfo().GetElementCount()};
}

} // namespace

BoxHead::BoxHead(std::string file, Ort::Session session, std::size_t categories)
    : file_(std::move(file)), session_(std::move(session)), categories_(static_cast<std::int64_t>(categories))
{}

Result<BoxHead> BoxHead::load(std::string const& file, std::string_view bytes, std::size_t categories,
                              std::filesystem::path const& onnxruntime_library)
{
    auto const environment = load_onnx_runtime(onnxruntime_library);
    if (!environment) return environment.error();
    try {
        BoxHead head(file, Ort::Session(**environment, bytes.data(), bytes.size(), options()), categories);
        if (auto checked = head.check(); !checked) return checked.error();
        return head;
    } catch (Ort::Exception const& failure) {
        return Error{
            Errc::invalid_argument,
            file + ": is no ONNX model that can be loaded (one file, weights included): " + printable(failure.what())};
    }
}

Result<void> BoxHead::check()
{
    if (auto const checked = check_input(); !checked) return checked;
    return check_outputs();
}

Result<void> BoxHead::check_input()
{
    constexpr std::int64_t max_side_px = 8192;
    Ort::AllocatorWithDefaultOptions allocator;
    if (session_.GetInputCount() != 1) {
        return Error{Errc::invalid_argument,
                     file_ + ": has to have one input, \"image\", but has " + std::to_string(session_.GetInputCount())};
    }
    Port const image{session_.GetInputNameAllocated(0, allocator).get(), shape_of(session_.GetInputTypeInfo(0))};
    if (image.name != "image") {
        return Error{Errc::invalid_argument,
                     file_ + ": its input has to be called \"image\" but is \"" + printable(image.name) + "\""};
    }
    if (auto ok = check_port(file_, "input", image, {1, 3, any, any}, {"1", "3", "H", "W"}); !ok) return ok;
    auto const height = image.shape->at(2), width = image.shape->at(3);
    if (height < 1 || width < 1 || height > max_side_px || width > max_side_px) {
        return Error{Errc::invalid_argument, file_ + ": input \"image\" needs a fixed height and width of 1 to " +
                                                 std::to_string(max_side_px) + " pixels"};
    }
    input_size_ = cv::Size(static_cast<int>(width), static_cast<int>(height));
    input_.resize(3 * static_cast<std::size_t>(input_size_.area()));
    return {};
}

Result<void> BoxHead::check_outputs() const
{
    std::array<std::string_view, 4> const names{"1", "N", "C", ""};
    auto const boxes = output_of(session_, "boxes");
    if (auto ok = check_port(file_, "output", boxes, {1, any, 4}, names); !ok) return ok;
    auto const scores = output_of(session_, "scores");
    if (auto ok = check_port(file_, "output", scores, {1, any, any}, names); !ok) return ok;
    auto const categories = scores.shape->at(2);
    if (categories == any || categories == categories_) return {};
    return Error{Errc::invalid_argument, file_ + ": tells apart " + std::to_string(categories) +
                                             " categories, but model.json lists " + std::to_string(categories_) +
                                             ": the two files belong to different models"};
}

Result<BoxHead::Found> BoxHead::run()
{
    try {
        std::array<std::int64_t, 4> const shape{1, 3, input_size_.height, input_size_.width};
        auto const memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
        auto const image =
            Ort::Value::CreateTensor<float>(memory, input_.data(), input_.size(), shape.data(), shape.size());
        std::array<char const*, 1> const input_names{"image"};
        std::array<char const*, 2> const output_names{"boxes", "scores"};
        outputs_ = session_.Run({}, input_names.data(), &image, 1, output_names.data(), output_names.size());

        auto const boxes = outputs_[0].GetTensorTypeAndShapeInfo().GetShape();
        auto const scores = outputs_[1].GetTensorTypeAndShapeInfo().GetShape();
        if (boxes.size() != 3 || !fits(boxes, {1, any, 4}) || !fits(scores, {1, boxes[1], categories_})) {
            return Error{Errc::invalid_argument,
                         file_ + ": \"boxes\" and \"scores\" of one image do not belong together"};
        }
        return Found{floats(outputs_[0]), floats(outputs_[1])};
    } catch (Ort::Exception const& failure) {
        return Error{Errc::unavailable, file_ + ": cannot be run: " + printable(failure.what())};
    }
}

} // namespace learning_loop
