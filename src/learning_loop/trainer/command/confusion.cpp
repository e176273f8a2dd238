#include "learning_loop/trainer/command/confusion.h"

#include "learning_loop/base/text.h"
#include "learning_loop/data/detections.h"
#include "learning_loop/json/from_text.h"
#include "learning_loop/trainer/command/yolo_texts.h"
#include "learning_loop/trainer/dataset/dataset.h"
#include "learning_loop/trainer/process/log_tail.h"
#include "learning_loop/trainer/training/training_record.h"

#include <algorithm>
#include <unordered_map>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr double iou_threshold = 0.5;

struct Judged {
    double confidence = 0;
    int class_index = 0;
    bool is_right = false;
};

/// Which of the boxes found are annotated; the surest choose first, so a threshold changes nothing about those above
/// it.
void judge(std::vector<FoundBox> found, std::vector<ClassBox> const& annotated, std::vector<Judged>& judged)
{
    std::ranges::stable_sort(found, std::greater(), &FoundBox::confidence);
    std::vector<bool> taken(annotated.size());
    for (auto const& [box, confidence] : found) {
        auto best = annotated.size();
        auto best_iou = iou_threshold;
        for (std::size_t i = 0; i < annotated.size(); ++i) {
            if (taken[i] || annotated[i].class_index != box.class_index) continue;
            auto const iou = intersection_over_union(annotated[i], box);
            if (iou < best_iou) continue;
            best_iou = iou;
            best = i;
        }
        bool const is_right = best < annotated.size();
        if (is_right) taken[best] = true;
        judged.push_back({confidence, box.class_index, is_right});
    }
}

void count(Judged const& judged, std::vector<CategoryCounts>& counts)
{
    auto& of_class = counts[static_cast<std::size_t>(judged.class_index)];
    ++(judged.is_right ? of_class.tp : of_class.fp);
    if (judged.is_right) --of_class.fn;
}

/// `judged`: the surest first. `counts`: with everything missed.
std::optional<double> best_threshold(std::vector<Judged> const& judged, std::vector<CategoryCounts> counts)
{
    std::optional<double> threshold;
    double best_sum = 0;
    double sum = 0; // of the F1 of all categories
    for (std::size_t i = 0; i < judged.size(); ++i) {
        auto const& of_class = counts[static_cast<std::size_t>(judged[i].class_index)];
        sum -= f1_of(of_class);
        count(judged[i], counts);
        sum += f1_of(of_class);
        bool const is_last = i + 1 == judged.size();
        if (!is_last && judged[i + 1].confidence == judged[i].confidence) continue;
        if (sum <= best_sum + 1e-12) continue; // what rounding alone makes
        best_sum = sum;
        threshold = is_last ? judged[i].confidence : (judged[i].confidence + judged[i + 1].confidence) / 2;
    }
    return threshold;
}

/// What was found in an image, wherever it stands.
class FoundBoxes {
public:
    FoundBoxes(fs::path place, BoxClasses const& classes) : place_(std::move(place)), classes_(classes)
    {
        if (!fs::is_directory(place_)) read_lines();
    }

    std::vector<FoundBox> of(TrainingImage const& image) const
    {
        if (fs::is_directory(place_)) return read_yolo_file(place_, image.id, classes_, image.width, image.height);
        auto const found = by_image_.find(image.id);
        return found == by_image_.end() ? std::vector<FoundBox>() : found->second;
    }

private:
    void read_lines()
    {
        LogTail tail(place_, 1);
        for (auto lines = tail.read_new(); !lines.empty(); lines = tail.read_new()) {
            for (auto const& line : lines) {
                auto const detections = from_text<Detections>(line, "a line of detections");
                if (detections && detections->image_id) by_image_[*detections->image_id] = boxes_of(*detections);
            }
        }
    }

    std::vector<FoundBox> boxes_of(Detections const& detections) const
    {
        TrainingImage marks; // so that points become boxes in the same way as annotated ones
        marks.width = marks.height = 1'000'000'000;
        std::vector<FoundBox> boxes;
        auto const add = [&](double confidence) {
            for (auto const& box : classes_.boxes_of(marks)) boxes.push_back({box, confidence});
            marks.box_annotations.clear();
            marks.point_annotations.clear();
        };
        for (auto const& box : detections.box_detections) {
            marks.box_annotations.push_back({id_of(box.category_id, box.category_name), double(box.x), double(box.y),
                                             double(box.width), double(box.height)});
            add(box.confidence);
        }
        for (auto const& point : detections.point_detections) {
            marks.point_annotations.push_back({id_of(point.category_id, point.category_name), point.x, point.y});
            add(point.confidence);
        }
        return boxes;
    }

    std::string id_of(std::optional<std::string> const& id, std::string const& name) const
    {
        if (id && !id->empty()) return *id;
        auto const category = std::ranges::find(classes_.categories(), name, &Category::name);
        return category == classes_.categories().end() ? "" : category->id;
    }

    fs::path place_;
    BoxClasses const& classes_;
    std::unordered_map<std::string, std::vector<FoundBox>> by_image_;
};

Result<ImageSet> set_to_select_with(Training const& training)
{
    auto set = ImageSet::test;
    auto const read = read_dataset(training.dataset, [&](TrainingImage const& image) -> Result<void> {
        if (image.set == ImageSet::val) set = ImageSet::val;
        return {};
    });
    if (!read) return read.error();
    return set;
}

} // namespace

Result<ModelQuality> measure_quality(Training const& training, fs::path const& detections,
                                     std::optional<double> threshold)
{
    if (!fs::exists(detections))
        return Error{Errc::not_found, "there are no detections " + printable(detections.string())};
    auto const set = set_to_select_with(training);
    if (!set) return set.error();
    BoxClasses const classes(training.categories);
    FoundBoxes const found(detections, classes);
    std::vector<CategoryCounts> counts(classes.categories().size());
    std::vector<Judged> judged;
    auto const read = read_dataset(training.dataset, [&](TrainingImage const& image) -> Result<void> {
        if (image.set != *set) return {};
        auto const annotated = classes.boxes_of(image);
        for (auto const& box : annotated) ++counts[static_cast<std::size_t>(box.class_index)].fn;
        judge(found.of(image), annotated, judged);
        return {};
    });
    if (!read) return read.error();
    std::ranges::stable_sort(judged, std::greater(), &Judged::confidence);
    ModelQuality quality;
    quality.conf_threshold = threshold ? threshold : best_threshold(judged, counts);
    auto const least = quality.conf_threshold.value_or(usual_conf_threshold);
    for (auto const& one : judged) {
        if (one.confidence >= least) count(one, counts);
    }
    for (std::size_t i = 0; i < counts.size(); ++i) quality.confusion_matrix[classes.categories()[i].id] = counts[i];
    return quality;
}

} // namespace learning_loop
