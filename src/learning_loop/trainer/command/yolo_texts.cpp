#include "learning_loop/trainer/command/yolo_texts.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/trainer/steps/detection_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_text_bytes = std::size_t{1} << 20;
constexpr std::size_t max_boxes = 3000;

/// `class x y width height confidence`, the last one may be absent. nullopt: it is no such line.
std::optional<std::array<double, 6>> numbers_of(std::string_view line)
{
    std::array<double, 6> numbers{0, 0, 0, 0, 0, 1};
    std::size_t count = 0;
    for (auto const part : parts_of(line, ' ')) {
        auto const text = trimmed(part.ends_with('\r') ? part.substr(0, part.size() - 1) : part);
        if (text.empty()) continue;
        if (count == numbers.size()) return std::nullopt;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers[count++]);
        if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    }
    if (count < 5) return std::nullopt;
    return numbers;
}

std::optional<FoundBox> found_box(std::string_view line, BoxClasses const& classes, int width, int height)
{
    auto const numbers = numbers_of(line);
    if (!numbers) return std::nullopt;
    auto const [index, x, y, w, h, confidence] = *numbers;
    bool const is_class = index >= 0 && index < static_cast<double>(classes.categories().size());
    if (!is_class || !(confidence >= 0 && confidence <= 1)) return std::nullopt;
    ClassBox const box{static_cast<int>(index), (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width,
                       (y + h / 2) * height};
    auto const inside = clipped(box, width, height);
    return inside ? std::optional(FoundBox{*inside, confidence}) : std::nullopt;
}

/// The upright size. Most headers are within the first bytes, so the rest is read only if they are not.
Result<ImageHeader> size_of_picture(fs::path const& file)
{
    constexpr std::size_t first_bytes = std::size_t{256} << 10;
    std::string bytes(first_bytes, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    auto header = read_image_header(bytes);
    if (header || bytes.size() < first_bytes) return header;
    auto const whole = read_file(file, ImageLimits().max_bytes);
    return whole ? read_image_header(*whole) : whole.error();
}

Detections detections_of(std::vector<FoundBox> const& boxes, BoxClasses const& classes, std::string const& version)
{
    Detections detections;
    auto const pixel = [](double value) { return Pixel(static_cast<int>(std::lround(value))); };
    for (auto const& [box, confidence] : boxes) {
        auto const& category = classes.categories()[static_cast<std::size_t>(box.class_index)];
        if (classes.is_of_points(box.class_index)) {
            detections.point_detections.push_back(
                {category.name, (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, version, confidence, category.id});
        } else {
            detections.box_detections.push_back({category.name, pixel(box.x1), pixel(box.y1), pixel(box.x2 - box.x1),
                                                 pixel(box.y2 - box.y1), version, confidence, category.id});
        }
    }
    return detections;
}

} // namespace

std::vector<FoundBox> read_yolo_text(std::string_view text, BoxClasses const& classes, int width, int height)
{
    std::vector<FoundBox> boxes;
    for (auto const line : parts_of(text, '\n')) {
        if (boxes.size() == max_boxes) break;
        if (auto const box = found_box(line, classes, width, height)) boxes.push_back(*box);
    }
    return boxes;
}

std::vector<FoundBox> read_yolo_file(fs::path const& folder, std::string const& image_id, BoxClasses const& classes,
                                     int width, int height)
{
    auto const text = read_file(folder / (image_id + ".txt"), max_text_bytes);
    if (!text && text.error().code != Errc::not_found) log::warn("passed over: {}", text.error().message);
    return text ? read_yolo_text(*text, classes, width, height) : std::vector<FoundBox>();
}

Result<void> collect_yolo_texts(Training const& training, DetectionJob const& job, fs::path const& folder)
{
    constexpr std::size_t at_once = 1000;
    BoxClasses const classes(training.categories);
    std::ifstream list(job.image_list);
    if (!list) return Error{Errc::not_found, "there is no list of images " + printable(job.image_list.string())};
    std::vector<Detections> rows;
    for (std::string line; std::getline(list, line);) {
        fs::path const picture = line;
        auto const header = size_of_picture(picture);
        if (!header) continue; // nobody can say where in it something is
        auto const id = picture.stem().string();
        auto const boxes = read_yolo_file(folder, id, classes, header->width_px, header->height_px);
        rows.push_back(detections_of(boxes, classes, job.model.version));
        rows.back().image_id = id;
        if (rows.size() < at_once) continue;
        if (auto const appended = append_detections(job.detections, rows); !appended) return appended;
        rows.clear();
    }
    return append_detections(job.detections, rows);
}

} // namespace learning_loop
