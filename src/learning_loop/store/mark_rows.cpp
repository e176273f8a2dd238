#include "learning_loop/store/mark_rows.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"

#include <algorithm>
#include <type_traits>

namespace learning_loop::store {
namespace {

/// A column that marks of this kind always have.
template <class T>
T const& present(std::optional<T> const& value)
{
    if (!value) throw DatabaseError("an annotation or detection lacks its place");
    return *value;
}

Pixel pixel(std::optional<double> const& value)
{
    return static_cast<int>(present(value));
}

Polygon polygon_of(std::string const& flat)
{
    auto shape = JsonForm<Shape>::from_json(boost::json::value(boost::json::string(flat)), {});
    return shape ? Polygon{std::move(shape->points)} : Polygon{};
}

void add_annotation(StoredImage& image, AnnotationRow r)
{
    switch (r.kind) {
    case MarkKind::box:
        image.box_annotations.push_back({std::move(r.id), image.id, std::move(r.category_id),
                                         std::move(r.category_name), pixel(r.x), pixel(r.y), pixel(r.width),
                                         pixel(r.height)});
        break;
    case MarkKind::point:
        image.point_annotations.push_back({std::move(r.id), image.id, std::move(r.category_id),
                                           std::move(r.category_name), present(r.x), present(r.y)});
        break;
    case MarkKind::classification:
        image.classification_annotation = {std::move(r.id), image.id, std::move(r.category_id),
                                           std::move(r.category_name)};
        break;
    case MarkKind::segmentation:
        image.segmentation_annotations.push_back({std::move(r.id), image.id, std::move(r.category_id),
                                                  std::move(r.category_name), polygon_of(present(r.shape))});
        break;
    }
}

void add_detection(StoredImage& image, DetectionRow r)
{
    switch (r.kind) {
    case MarkKind::box:
        image.box_detections.push_back({std::move(r.id), image.id, std::move(r.category_id), std::move(r.category_name),
                                        pixel(r.x), pixel(r.y), pixel(r.width), pixel(r.height), r.confidence,
                                        std::move(r.model_name)});
        break;
    case MarkKind::point:
        image.point_detections.push_back({std::move(r.id), image.id, std::move(r.category_id),
                                          std::move(r.category_name), present(r.x), present(r.y), r.confidence,
                                          std::move(r.model_name)});
        break;
    case MarkKind::segmentation:
        image.segmentation_detections.push_back({std::move(r.id), image.id, std::move(r.category_id),
                                                 std::move(r.category_name), polygon_of(present(r.shape)), r.confidence,
                                                 std::move(r.model_name)});
        break;
    case MarkKind::classification:
        image.classification_detections.push_back({std::move(r.id), image.id, std::move(r.category_id),
                                                   std::move(r.category_name), r.confidence, std::move(r.model_name)});
        break;
    }
}

} // namespace

template <class R>
R MarkWriter::mark(MarkKind kind, auto const& marked)
{
    R row;
    row.image = number_;
    row.id = next_id(std::is_same_v<R, AnnotationRow> ? "annotation" : "detection");
    row.kind = kind;
    row.category_id = category_id(kind, marked);
    row.category_name = marked.category_name;
    return row;
}

template <class R>
R MarkWriter::box(auto const& marked)
{
    auto row = mark<R>(MarkKind::box, marked);
    row.x = int{marked.x};
    row.y = int{marked.y};
    row.width = int{marked.width};
    row.height = int{marked.height};
    return row;
}

template <class R>
R MarkWriter::point(auto const& marked)
{
    auto row = mark<R>(MarkKind::point, marked);
    row.x = marked.x;
    row.y = marked.y;
    return row;
}

template <class R>
R MarkWriter::shape(auto const& marked)
{
    auto row = mark<R>(MarkKind::segmentation, marked);
    row.shape = std::string(JsonForm<Shape>::to_json(marked.shape).as_string());
    return row;
}

void MarkWriter::insert_detection(DetectionRow row, auto const& detection)
{
    row.model_name = detection.model_name;
    row.confidence = double{detection.confidence};
    insert(database_, std::move(row));
}

std::string MarkWriter::next_id(std::string_view what)
{
    return uuid_of(sha256(project_.organization + "/" + project_.name + "/" + id_ + "/" + std::string(what) + "/" +
                          origin_ + std::to_string(count_++)));
}

std::optional<std::string> MarkWriter::category_id(MarkKind kind, auto const& marked) const
{
    auto const& known = project_.categories;
    auto const& id = marked.category_id;
    std::string_view const type = boost::describe::enum_to_string(kind, "");
    auto const find = [&](auto fits) { return std::find_if(known.begin(), known.end(), fits); };
    if (id && find([&](Category const& c) { return c.id == *id; }) != known.end()) return *id;
    auto found = find([&](Category const& c) { return c.name == marked.category_name && c.type == type; });
    if (found == known.end()) found = find([&](Category const& c) { return c.name == marked.category_name; });
    if (found != known.end()) return found->id;
    return id && !id->empty() ? std::optional(*id) : std::nullopt;
}

void MarkWriter::write(BoxAnnotation const& annotation)
{
    insert(database_, box<AnnotationRow>(annotation));
}

void MarkWriter::write(PointAnnotation const& annotation)
{
    insert(database_, point<AnnotationRow>(annotation));
}

void MarkWriter::write(ShapeAnnotation const& annotation)
{
    insert(database_, shape<AnnotationRow>(annotation));
}

void MarkWriter::write(ClassificationAnnotation const& annotation)
{
    insert(database_, mark<AnnotationRow>(MarkKind::classification, annotation));
}

void MarkWriter::write(BoxDetection const& detection)
{
    insert_detection(box<DetectionRow>(detection), detection);
}

void MarkWriter::write(PointDetection const& detection)
{
    insert_detection(point<DetectionRow>(detection), detection);
}

void MarkWriter::write(SegmentationDetection const& detection)
{
    insert_detection(shape<DetectionRow>(detection), detection);
}

void MarkWriter::write(ClassificationDetection const& detection)
{
    insert_detection(mark<DetectionRow>(MarkKind::classification, detection), detection);
}

void load_annotations(Database& database, std::int64_t number, StoredImage& image)
{
    for_each<AnnotationRow>(database, "WHERE image = $1 ORDER BY number", {number},
                            [&](AnnotationRow annotation) { add_annotation(image, std::move(annotation)); });
}

void load_detections(Database& database, std::int64_t number, std::optional<std::string> const& model,
                     StoredImage& image)
{
    auto const add = [&](DetectionRow detection) { add_detection(image, std::move(detection)); };
    if (model) {
        for_each<DetectionRow>(database, "WHERE image = $1 AND model_name = $2 ORDER BY number", {number, *model}, add);
    } else {
        for_each<DetectionRow>(database, "WHERE image = $1 ORDER BY number", {number}, add);
    }
}

} // namespace learning_loop::store
