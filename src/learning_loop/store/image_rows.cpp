#include "learning_loop/store/image_rows.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/sqlite/database.h"

#include <algorithm>

namespace learning_loop::store {
namespace {

constexpr std::string_view box = "box";
constexpr std::string_view point = "point";
constexpr std::string_view segmentation = "segmentation";
constexpr std::string_view classification = "classification";

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
        write_image();
        write_annotations();
        write_detections();
        for (auto const& tag : image_.metadata.tags) write_tag(tag);
    }

private:
    void write_image()
    {
        auto const now = timestamp_now();
        auto const state = image_.metadata.state.value_or(ImageState::inbox);
        auto const set = image_.set ? *image_.set : drawn_set(image_.id);
        database_.execute(
            "INSERT INTO images (project, id, state, split, created, received, width, height, media_type, bytes, "
            "image_hash, metadata_hash, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            {project_.number, image_.id, boost::describe::enum_to_string(state, ""),
             boost::describe::enum_to_string(set, ""), iso_date(image_.metadata.created.value_or(now)), now,
             std::int64_t{image_.width_px}, std::int64_t{image_.height_px}, image_.media_type,
             static_cast<std::int64_t>(image_.bytes.size()), image_.image_hash, image_.metadata_hash,
             value_of(image_.metadata.source)});
        number_ = database_.last_row();
    }

    void write_annotations()
    {
        for (auto const& a : image_.metadata.box_annotations) {
            write_annotation(box, a, {real(a.x), real(a.y), real(a.width), real(a.height)});
        }
        for (auto const& a : image_.metadata.point_annotations) {
            write_annotation(point, a, {a.x, a.y, nullptr, nullptr});
        }
        if (auto const& a = image_.metadata.classification_annotation) {
            write_annotation(classification, *a, {nullptr, nullptr, nullptr, nullptr});
        }
    }

    void write_detections()
    {
        auto const& metadata = image_.metadata;
        for (auto const& d : metadata.box_detections) {
            write_detection(box, d, {real(d.x), real(d.y), real(d.width), real(d.height), nullptr});
        }
        for (auto const& d : metadata.point_detections) {
            write_detection(point, d, {d.x, d.y, nullptr, nullptr, nullptr});
        }
        for (auto const& d : metadata.segmentation_detections) {
            auto const shape = std::string(JsonForm<Shape>::to_json(d.shape).as_string());
            write_detection(segmentation, d, {nullptr, nullptr, nullptr, nullptr, shape});
        }
        for (auto const& d : metadata.classification_detections) {
            write_detection(classification, d, {nullptr, nullptr, nullptr, nullptr, nullptr});
        }
    }

    template <class Annotation>
    void write_annotation(std::string_view kind, Annotation const& annotation, Values place)
    {
        Values values{number_, next_id("annotation"), std::string(kind), category_id(kind, annotation),
                      annotation.category_name};
        std::move(place.begin(), place.end(), std::back_inserter(values));
        database_.execute("INSERT INTO annotations (image, id, kind, category_id, category_name, x, y, width, height) "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                          values);
    }

    template <class Detection>
    void write_detection(std::string_view kind, Detection const& detection, Values place)
    {
        Values values{number_,
                      next_id("detection"),
                      std::string(kind),
                      category_id(kind, detection),
                      detection.category_name,
                      detection.model_name,
                      double{detection.confidence}};
        std::move(place.begin(), place.end(), std::back_inserter(values));
        database_.execute(
            "INSERT INTO detections (image, id, kind, category_id, category_name, model_name, confidence, x, y, "
            "width, height, shape) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            values);
    }

    void write_tag(std::string const& name)
    {
        auto const id = uuid_of(sha256(project_.organization + "/" + project_.name + "/tag/" + name));
        database_.execute("INSERT INTO tags (project, id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                          {project_.number, id, name});
        database_.execute(
            "INSERT INTO image_tags (image, tag) SELECT $1, number FROM tags WHERE project = $2 AND name = $3 "
            "ON CONFLICT DO NOTHING",
            {number_, project_.number, name});
    }

    static double real(int pixel) { return pixel; }

    /// The same image gets the same ids wherever it is uploaded to a project of this name.
    std::string next_id(std::string_view what)
    {
        return uuid_of(sha256(project_.organization + "/" + project_.name + "/" + image_.id + "/" + std::string(what) +
                              "/" + std::to_string(count_++)));
    }

    template <class Mark>
    Value category_id(std::string_view kind, Mark const& mark) const
    {
        auto const& known = project_.categories;
        auto const& id = mark.category_id;
        auto const find = [&](auto fits) { return std::find_if(known.begin(), known.end(), fits); };
        if (id && find([&](Category const& c) { return c.id == *id; }) != known.end()) return *id;
        auto found = find([&](Category const& c) { return c.name == mark.category_name && c.type == kind; });
        if (found == known.end()) found = find([&](Category const& c) { return c.name == mark.category_name; });
        if (found != known.end()) return found->id;
        return id && !id->empty() ? Value(*id) : Value(nullptr);
    }

    Database& database_;
    Project const& project_;
    NewImage const& image_;
    std::int64_t number_ = 0;
    int count_ = 0;
};

Pixel pixel(Row const& row, std::size_t column)
{
    return static_cast<int>(row.real(column));
}

void load_annotations(Database& database, std::int64_t number, StoredImage& image)
{
    auto const use = [&](Row const& r) {
        auto const& kind = r.text(1);
        if (kind == box) {
            image.box_annotations.push_back({r.text(0), image.id, r.optional_text(2), r.text(3), pixel(r, 4),
                                             pixel(r, 5), pixel(r, 6), pixel(r, 7)});
        } else if (kind == point) {
            image.point_annotations.push_back(
                {r.text(0), image.id, r.optional_text(2), r.text(3), r.real(4), r.real(5)});
        } else {
            image.classification_annotation = {r.text(0), image.id, r.optional_text(2), r.text(3)};
        }
    };
    database.for_each(
        "SELECT id, kind, category_id, category_name, x, y, width, height FROM annotations WHERE image = $1 "
        "ORDER BY number",
        {number}, use);
}

Polygon polygon_of(std::string const& flat)
{
    auto shape = JsonForm<Shape>::from_json(boost::json::value(boost::json::string(flat)), {});
    return shape ? Polygon{std::move(shape->points)} : Polygon{};
}

void load_detections(Database& database, std::int64_t number, StoredImage& image)
{
    auto const use = [&](Row const& r) {
        auto const& kind = r.text(1);
        auto const confidence = r.real(5);
        if (kind == box) {
            image.box_detections.push_back({r.text(0), image.id, r.optional_text(2), r.text(3), pixel(r, 6),
                                            pixel(r, 7), pixel(r, 8), pixel(r, 9), confidence, r.text(4)});
        } else if (kind == point) {
            image.point_detections.push_back(
                {r.text(0), image.id, r.optional_text(2), r.text(3), r.real(6), r.real(7), confidence, r.text(4)});
        } else if (kind == segmentation) {
            image.segmentation_detections.push_back(
                {r.text(0), image.id, r.optional_text(2), r.text(3), polygon_of(r.text(10)), confidence, r.text(4)});
        } else {
            image.classification_detections.push_back(
                {r.text(0), image.id, r.optional_text(2), r.text(3), confidence, r.text(4)});
        }
    };
    database.for_each("SELECT id, kind, category_id, category_name, model_name, confidence, x, y, width, height, shape "
                      "FROM detections WHERE image = $1 ORDER BY number",
                      {number}, use);
}

template <class Enum>
Enum enum_of(std::string const& text)
{
    Enum value{};
    if (boost::describe::enum_from_string(text.c_str(), value)) return value;
    throw DatabaseError("an image has the unknown state or set " + text);
}

} // namespace

void insert_image(Database& database, Project const& project, NewImage const& image)
{
    ImageWriter(database, project, image).write();
}

std::optional<StoredImage> load_image(Database& database, std::int64_t project, std::string const& id)
{
    auto const row = database.query_one("SELECT number, created, state, split, width, height, source FROM images "
                                        "WHERE project = $1 AND id = $2",
                                        {project, id});
    if (!row) return std::nullopt;
    StoredImage image;
    image.id = id;
    image.created = row->text(1);
    image.state = enum_of<ImageState>(row->text(2));
    image.set = enum_of<ImageSet>(row->text(3));
    image.width = static_cast<int>(row->integer(4));
    image.height = static_cast<int>(row->integer(5));
    image.source = row->optional_text(6);
    auto const number = row->integer(0);
    load_annotations(database, number, image);
    load_detections(database, number, image);
    database.for_each("SELECT tags.id, tags.name FROM image_tags JOIN tags ON tags.number = image_tags.tag "
                      "WHERE image_tags.image = $1 ORDER BY image_tags.number",
                      {number}, [&](Row const& r) {
                          image.tags.push_back({r.text(0), r.text(1)});
                      });
    return image;
}

} // namespace learning_loop::store
