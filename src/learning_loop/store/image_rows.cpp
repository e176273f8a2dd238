#include "learning_loop/store/image_rows.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/tables.h"

#include <algorithm>

namespace learning_loop::store {
namespace {

/// Drawn by the id, so that neither the order of arrival nor a retry matters.
ImageSet drawn_set(std::string const& id)
{
    return sha256(id)[0] % 5 == 0 ? ImageSet::test : ImageSet::train;
}

/// The form in which every reader takes a date: `T` between date and time.
std::string iso_date(std::string text)
{
    std::replace(text.begin(), text.end(), '_', 'T');
    return text;
}

/// Writes the rows of one image.
class ImageWriter {
public:
    ImageWriter(Database& database, Project const& project, NewImage const& image)
        : database_(database), project_(project), image_(image)
    {}

    void write()
    {
        number_ = insert_numbered(database_, row());
        write_annotations();
        write_detections();
        for (auto const& tag : image_.metadata.tags) write_tag(tag);
    }

private:
    ImageRow row() const
    {
        auto const now = timestamp_now();
        ImageRow row;
        row.project = project_.number;
        row.id = image_.id;
        row.state = image_.metadata.state.value_or(ImageState::inbox);
        row.split = image_.set ? *image_.set : drawn_set(image_.id);
        row.created = iso_date(image_.metadata.created.value_or(now));
        row.received = now;
        row.width = image_.width_px;
        row.height = image_.height_px;
        row.media_type = image_.media_type;
        row.bytes = static_cast<std::int64_t>(image_.bytes.size());
        row.image_hash = image_.image_hash;
        row.metadata_hash = image_.metadata_hash;
        row.source = image_.metadata.source;
        return row;
    }

    void write_annotations()
    {
        auto const& metadata = image_.metadata;
        for (auto const& a : metadata.box_annotations) insert(database_, box<AnnotationRow>(a));
        for (auto const& a : metadata.point_annotations) insert(database_, point<AnnotationRow>(a));
        if (auto const& a = metadata.classification_annotation)
            insert(database_, mark<AnnotationRow>(MarkKind::classification, *a));
    }

    void write_detections()
    {
        auto const& metadata = image_.metadata;
        for (auto const& d : metadata.box_detections) write_detection(box<DetectionRow>(d), d);
        for (auto const& d : metadata.point_detections) write_detection(point<DetectionRow>(d), d);
        for (auto const& d : metadata.segmentation_detections) {
            auto row = mark<DetectionRow>(MarkKind::segmentation, d);
            row.shape = std::string(JsonForm<Shape>::to_json(d.shape).as_string());
            write_detection(std::move(row), d);
        }
        for (auto const& d : metadata.classification_detections)
            write_detection(mark<DetectionRow>(MarkKind::classification, d), d);
    }

    void write_detection(DetectionRow row, auto const& detection)
    {
        row.model_name = detection.model_name;
        row.confidence = double{detection.confidence};
        insert(database_, std::move(row));
    }

    template <class R>
    R mark(MarkKind kind, auto const& marked)
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
    R box(auto const& marked)
    {
        auto row = mark<R>(MarkKind::box, marked);
        row.x = int{marked.x};
        row.y = int{marked.y};
        row.width = int{marked.width};
        row.height = int{marked.height};
        return row;
    }

    template <class R>
    R point(auto const& marked)
    {
        auto row = mark<R>(MarkKind::point, marked);
        row.x = marked.x;
        row.y = marked.y;
        return row;
    }

    void write_tag(std::string const& name)
    {
        auto const known = find_row<TagRow>(database_, "WHERE project = $1 AND name = $2", {project_.number, name});
        ImageTagRow row;
        row.image = number_;
        row.tag = known ? known->number : write_new_tag(name);
        insert_if_new(database_, row);
    }

    std::int64_t write_new_tag(std::string const& name)
    {
        TagRow row;
        row.project = project_.number;
        row.id = uuid_of(sha256(project_.organization + "/" + project_.name + "/tag/" + name));
        row.name = name;
        return insert_numbered(database_, std::move(row));
    }

    /// The same image gets the same ids wherever it is uploaded to a project of this name.
    std::string next_id(std::string_view what)
    {
        return uuid_of(sha256(project_.organization + "/" + project_.name + "/" + image_.id + "/" + std::string(what) +
                              "/" + std::to_string(count_++)));
    }

    std::optional<std::string> category_id(MarkKind kind, auto const& marked) const
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

    Database& database_;
    Project const& project_;
    NewImage const& image_;
    std::int64_t number_ = 0;
    int count_ = 0;
};

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
        throw DatabaseError("an annotation is of the kind segmentation, which there is none of");
    }
}

Polygon polygon_of(std::string const& flat)
{
    auto shape = JsonForm<Shape>::from_json(boost::json::value(boost::json::string(flat)), {});
    return shape ? Polygon{std::move(shape->points)} : Polygon{};
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

void insert_image(Database& database, Project const& project, NewImage const& image)
{
    ImageWriter(database, project, image).write();
}

std::optional<StoredImage> find_image(Database& database, std::int64_t project, std::string const& id)
{
    auto row = find_row<ImageRow>(database, "WHERE project = $1 AND id = $2", {project, id});
    return row ? std::optional(load_image(database, std::move(*row))) : std::nullopt;
}

StoredImage load_image(Database& database, ImageRow row)
{
    StoredImage image;
    image.id = std::move(row.id);
    image.created = std::move(row.created);
    image.state = row.state;
    image.set = row.split;
    image.width = row.width;
    image.height = row.height;
    image.source = std::move(row.source);
    for_each<AnnotationRow>(database, "WHERE image = $1 ORDER BY number", {row.number},
                            [&](AnnotationRow annotation) { add_annotation(image, std::move(annotation)); });
    for_each<DetectionRow>(database, "WHERE image = $1 ORDER BY number", {row.number},
                           [&](DetectionRow detection) { add_detection(image, std::move(detection)); });
    for_each<TagRow>(database,
                     "JOIN image_tags ON image_tags.tag = tags.number WHERE image_tags.image = $1 "
                     "ORDER BY image_tags.number",
                     {row.number}, [&](TagRow tag) {
                         image.tags.push_back({std::move(tag.id), std::move(tag.name)});
                     });
    return image;
}

} // namespace learning_loop::store
