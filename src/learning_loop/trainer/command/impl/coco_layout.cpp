#include "learning_loop/json/json.h"
#include "learning_loop/trainer/command/impl/growing_file.h"
#include "learning_loop/trainer/command/impl/layout_source.h"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

namespace learning_loop {
namespace fs = std::filesystem;
namespace json = boost::json;
namespace {

/// The categories that COCO can tell of, with ids from 1.
class CocoCategories {
public:
    explicit CocoCategories(std::vector<Category> const& categories)
    {
        for (auto const& category : categories) {
            if (category.type == "classification") continue;
            auto const id = static_cast<std::int64_t>(list_.size() + 1);
            ids_.emplace(category.id, id);
            list_.push_back(json::object{{"id", id}, {"name", category.name}, {"supercategory", ""}});
        }
    }

    std::int64_t id_of(std::string const& category) const ///< 0: it is none of them.
    {
        auto const found = ids_.find(category);
        return found == ids_.end() ? 0 : found->second;
    }
    json::array const& list() const { return list_; }

private:
    json::array list_;
    std::map<std::string, std::int64_t> ids_;
};

json::object coco_box(ClassBox const& box, std::int64_t category)
{
    auto const width = box.x2 - box.x1;
    auto const height = box.y2 - box.y1;
    return {
        {"category_id", category}, {"bbox", {box.x1, box.y1, width, height}}, {"area", width * height}, {"iscrowd", 0}};
}

/// nullopt: nothing of it lies in the picture.
std::optional<json::object> coco_outline(TrainingOutline const& outline, TrainingImage const& image,
                                         std::int64_t category)
{
    json::array flat;
    ClassBox around{0, HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    double twice_area = 0;
    auto const& points = outline.shape.points;
    for (std::size_t i = 0; i < points.size(); ++i) {
        auto const x = std::clamp(points[i].x, 0.0, static_cast<double>(image.width));
        auto const y = std::clamp(points[i].y, 0.0, static_cast<double>(image.height));
        flat.insert(flat.end(), {x, y});
        around = {0, std::min(around.x1, x), std::min(around.y1, y), std::max(around.x2, x), std::max(around.y2, y)};
        auto const& next = points[(i + 1) % points.size()];
        twice_area += points[i].x * next.y - next.x * points[i].y;
    }
    if (points.size() < 3 || !clipped(around, image.width, image.height)) return std::nullopt;
    auto object = coco_box(around, category);
    object["area"] = std::abs(twice_area) / 2;
    object["segmentation"] = json::array{std::move(flat)};
    return object;
}

/// One of the files. Its annotations stand behind its images, so they wait in a file of their own.
class CocoFile {
public:
    static Result<CocoFile> create(fs::path const& path)
    {
        auto images = GrowingFile::create(path);
        if (!images) return images.error();
        auto rest = fs::path(path).concat(".rest");
        auto annotations = GrowingFile::create(rest);
        if (!annotations) return annotations.error();
        return CocoFile(std::move(*images), std::move(*annotations), std::move(rest));
    }

    Result<void> begin(json::array const& categories)
    {
        return images_.append("{\"info\": {}, \"categories\": " + to_text(categories) + ",\n\"images\": [");
    }

    Result<void> add_image(std::string const& file_name, TrainingImage const& image)
    {
        json::object const row{
            {"id", ++image_id_}, {"file_name", file_name}, {"width", image.width}, {"height", image.height}};
        return images_.append((image_id_ > 1 ? ",\n" : "\n") + to_text(row));
    }

    /// Of the image that was added last.
    Result<void> add_annotation(json::object row)
    {
        row["id"] = ++annotation_id_;
        row["image_id"] = image_id_;
        return annotations_.append((annotation_id_ > 1 ? ",\n" : "\n") + to_text(row));
    }

    Result<void> finish()
    {
        if (auto const written = annotations_.finish(); !written) return written;
        if (auto const written = images_.append("\n],\n\"annotations\": ["); !written) return written;
        std::ifstream rest(rest_, std::ios::binary);
        for (std::string piece(std::size_t{64} << 10, '\0'); rest;) {
            rest.read(piece.data(), static_cast<std::streamsize>(piece.size()));
            auto const written = images_.append({piece.data(), static_cast<std::size_t>(rest.gcount())});
            if (!written) return written;
        }
        fs::remove(rest_);
        if (auto const written = images_.append("\n]}\n"); !written) return written;
        return images_.finish();
    }

private:
    CocoFile(GrowingFile images, GrowingFile annotations, fs::path rest)
        : images_(std::move(images)), annotations_(std::move(annotations)), rest_(std::move(rest))
    {}

    GrowingFile images_;
    GrowingFile annotations_;
    fs::path rest_;
    std::int64_t image_id_ = 0;
    std::int64_t annotation_id_ = 0;
};

class CocoWriter {
public:
    explicit CocoWriter(LayoutSource const& source) : source_(source), categories_(source.training.categories) {}

    Result<void> write()
    {
        fs::create_directories(source_.folder / "images");
        fs::create_directories(source_.folder / "annotations");
        for (std::string const set : {"train", "val", "test"}) {
            auto file = CocoFile::create(source_.folder / "annotations" / (set + ".json"));
            if (!file) return file.error();
            if (auto const begun = file->begin(categories_.list()); !begun) return begun;
            files_.emplace(set, std::move(*file));
        }
        auto const written = for_each_in_set(source_, [&](TrainingImage const& image, std::string_view set) {
            return add(image, files_.at(std::string(set)));
        });
        if (!written) return written;
        for (auto& [set, file] : files_) {
            if (auto const finished = file.finish(); !finished) return finished;
        }
        return {};
    }

private:
    Result<void> add(TrainingImage const& image, CocoFile& file)
    {
        auto const name = picture_of(image);
        if (!name) return name.error();
        if (auto const added = file.add_image(*name, image); !added) return added;
        for (auto const& box : source_.classes.boxes_of(image)) {
            auto const& category = source_.classes.categories()[static_cast<std::size_t>(box.class_index)];
            if (auto const added = file.add_annotation(coco_box(box, categories_.id_of(category.id))); !added)
                return added;
        }
        for (auto const& outline : image.segmentation_annotations) {
            auto const category = categories_.id_of(outline.category_id);
            auto row = category > 0 ? coco_outline(outline, image, category) : std::nullopt;
            if (!row) continue;
            if (auto const added = file.add_annotation(std::move(*row)); !added) return added;
        }
        return {};
    }

    /// A test image to select with comes twice, one call after the other.
    Result<std::string> picture_of(TrainingImage const& image)
    {
        if (image.id == last_id_) return last_name_;
        auto name = link_picture(source_, image, source_.folder / "images");
        if (!name) return name;
        last_id_ = image.id;
        last_name_ = *name;
        return name;
    }

    LayoutSource const& source_;
    CocoCategories categories_;
    std::map<std::string, CocoFile> files_;
    std::string last_id_;
    std::string last_name_;
};

} // namespace

Result<void> write_coco_layout(LayoutSource const& source)
{
    return CocoWriter(source).write();
}

} // namespace learning_loop
