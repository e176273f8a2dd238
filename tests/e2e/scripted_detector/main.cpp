// A detector whose every number follows from the image by a rule that a test can repeat. Variables choose the rule:
// - none: the mean brightness of each quarter, and the region that is brighter than 200;
// - SCRIPTED_COLOURS=1: besides, a tag with the mean colour of the image as the logic gets it, `bgr=0,0,255` for red;
// - SCRIPTED_CELLS=1: instead, a box of each 16x16 pixels, counted from the top left, that are not black. Their
// brightness
//   is its confidence, so that a test draws what is to be found: gray 115 is 0.45, gray 230 is 0.9;
// - SCRIPTED_MODEL_FORMAT: instead, it follows the Loop's models of that format and answers one detection of each kind.
// Of
//   a model's files it reads `broken`, why it cannot be built, and `building_ms`, how long that takes.
#include "learning_loop/detector/run_detector_node.h"
#include "learning_loop/settings/environment.h"

#include <opencv2/imgproc.hpp>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace ll = learning_loop;

/// The mean brightness of each quarter, from the top left to the bottom right, and the region brighter than 200.
class Brightness final : public ll::DetectorLogic {
public:
    explicit Brightness(bool with_colour) : with_colour_(with_colour) {}

    ll::Result<ll::ImageMetadata> evaluate(cv::Mat const& bgr) override
    {
        cv::Mat gray;
        cv::cvtColor(bgr, gray, cv::COLOR_BGR2GRAY);
        ll::ImageMetadata found;
        auto const add = [&](char const* name, cv::Rect const& at, cv::Mat const& part) {
            found.box_detections.push_back({name, at.x, at.y, at.width, at.height, "", cv::mean(part)[0] / 255, {}});
        };
        cv::Point const middle(gray.cols / 2, gray.rows / 2);
        for (cv::Point const corner : {cv::Point(0, 0), {gray.cols, 0}, {0, gray.rows}, {gray.cols, gray.rows}}) {
            cv::Rect const quarter(middle, corner);
            add("quarter", quarter, gray(quarter));
        }
        if (auto const spot = cv::boundingRect(gray > 200); !spot.empty()) add("spot", spot, gray);
        if (with_colour_) found.tags.push_back(colour_of(bgr));
        return found;
    }

private:
    static std::string colour_of(cv::Mat const& bgr)
    {
        auto const mean = cv::mean(bgr);
        auto const rounded = [&](int channel) { return std::to_string(std::lround(mean[channel])); };
        return "bgr=" + rounded(0) + "," + rounded(1) + "," + rounded(2);
    }

    bool with_colour_;
};

/// A box of each cell of a grid that is not black.
class Cells final : public ll::DetectorLogic {
public:
    ll::Result<ll::ImageMetadata> evaluate(cv::Mat const& bgr) override
    {
        constexpr int side_px = 16; // JPEG blurs nothing across the border of such a cell
        constexpr double least_brightness = 8;
        ll::ImageMetadata found;
        for (int y = 0; y + side_px <= bgr.rows; y += side_px) {
            for (int x = 0; x + side_px <= bgr.cols; x += side_px) {
                auto const mean = cv::mean(bgr({x, y, side_px, side_px}));
                auto const brightness = (mean[0] + mean[1] + mean[2]) / 3;
                if (brightness < least_brightness) continue;
                found.box_detections.push_back({"cell", x, y, side_px, side_px, "", brightness / 255, {}});
            }
        }
        return found;
    }
};

/// One detection of each kind, of the model's first category of that type.
class EveryKind final : public ll::DetectorLogic {
public:
    explicit EveryKind(ll::ModelInformation model) : model_(std::move(model)) {}

    ll::Result<ll::ImageMetadata> evaluate(cv::Mat const&) override
    {
        ll::ImageMetadata found;
        found.box_detections.push_back({category("box"), 1, 2, 30, 40, "", 0.9, {}});
        found.point_detections.push_back({category("point"), 10.5, 20.5, "", 0.8, {}});
        found.segmentation_detections.push_back({category("segmentation"), {{{1, 1}, {9, 1}, {9, 9}}}, "", 0.7, {}});
        found.classification_detections.push_back({category("classification"), "", 0.95, {}});
        found.tags = {"scripted"};
        return found;
    }

private:
    std::string category(std::string const& type) const
    {
        for (auto const& one : model_.categories) {
            if (one.type == type) return one.name;
        }
        throw std::runtime_error("the model has no category of the type " + type);
    }

    ll::ModelInformation model_;
};

std::string file_of(ll::ModelInformation const& model, char const* name)
{
    std::ifstream file(std::filesystem::path(model.model_root_path.value_or("")) / name);
    return {std::istreambuf_iterator<char>(file), {}};
}

ll::Result<std::unique_ptr<ll::DetectorLogic>> build_model(ll::ModelInformation const& model)
{
    if (auto const ms = file_of(model, "building_ms"); !ms.empty())
        std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(ms)));
    if (auto const why = file_of(model, "broken"); !why.empty()) return ll::Error{ll::Errc::invalid_argument, why};
    return std::make_unique<EveryKind>(model);
}

int main(int argc, char** argv)
{
    auto const format = ll::environment("SCRIPTED_MODEL_FORMAT");
    auto const build = [format](ll::ModelInformation const& model) -> ll::Result<std::unique_ptr<ll::DetectorLogic>> {
        if (!format.empty()) return build_model(model);
        if (!ll::environment("SCRIPTED_CELLS").empty()) return std::make_unique<Cells>();
        return std::make_unique<Brightness>(!ll::environment("SCRIPTED_COLOURS").empty());
    };
    return ll::run_detector_node({"scripted_detector", format, [build](auto const&) { return build; }}, argc, argv);
}
