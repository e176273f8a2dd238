#include "learning_loop/store/image_rows.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/from_text.h"
#include "learning_loop/store/mark_rows.h"
#include "learning_loop/store/split.h"
#include "learning_loop/store/tables.h"

namespace learning_loop::store {
namespace {

ImageRow row_of(Project const& project, NewImage const& image)
{
    auto const now = timestamp_now();
    ImageRow row;
    row.project = project.number;
    row.id = image.id;
    row.state = image.metadata.state.value_or(ImageState::inbox);
    row.split = image.set ? *image.set : drawn_set(image.id, project.test_percent, project.val_percent);
    row.created = image.metadata.created.value_or(now);
    row.received = now;
    row.width = image.width_px;
    row.height = image.height_px;
    row.media_type = image.media_type;
    row.bytes = image.size_bytes;
    row.image_hash = image.image_hash;
    row.metadata_hash = image.metadata_hash;
    row.source = image.metadata.source;
    row.pixels = image.pixels;
    row.remarks = text_of(image.remarks);
    return row;
}

std::int64_t insert_tag(Database& database, Project const& project, std::string const& name)
{
    TagRow row;
    row.project = project.number;
    row.id = uuid_of(sha256(project.organization + "/" + project.name + "/tag/" + name));
    row.name = name;
    return insert_numbered(database, std::move(row));
}

} // namespace

void insert_image(Database& database, Project const& project, NewImage const& image)
{
    auto const number = insert_numbered(database, row_of(project, image));
    auto const& metadata = image.metadata;
    MarkWriter writer(database, project, number, image.id);
    writer.write_all(metadata.box_annotations);
    writer.write_all(metadata.point_annotations);
    writer.write_all(image.segmentation_annotations);
    if (metadata.classification_annotation) writer.write(*metadata.classification_annotation);
    writer.write_all(metadata.box_detections);
    writer.write_all(metadata.point_detections);
    writer.write_all(metadata.segmentation_detections);
    writer.write_all(metadata.classification_detections);
    for (auto const& tag : metadata.tags) add_tag(database, project, number, tag);
}

void add_tag(Database& database, Project const& project, std::int64_t image, std::string const& name)
{
    auto const known = find_row<TagRow>(database, "WHERE project = $1 AND name = $2", {project.number, name});
    ImageTagRow row;
    row.image = image;
    row.tag = known ? known->number : insert_tag(database, project, name);
    insert_if_new(database, row);
}

std::optional<ImageRow> find_image_row(Database& database, std::int64_t project, std::string const& id)
{
    return find_row<ImageRow>(database, "WHERE project = $1 AND id = $2", {project, id});
}

StoredImage load_annotated_image(Database& database, ImageRow row)
{
    StoredImage image;
    image.id = std::move(row.id);
    image.created = std::move(row.created);
    image.state = row.state;
    image.set = row.split;
    image.width = row.width;
    image.height = row.height;
    image.source = std::move(row.source);
    image.pixels = row.pixels;
    image.remarks = remarks_in(row.remarks);
    image.novelty = row.novelty;
    image.revision = row.revision;
    image.annotated = std::move(row.annotated);
    image.annotated_by = std::move(row.annotated_by);
    load_annotations(database, row.number, image);
    return image;
}

StoredImage load_image(Database& database, ImageRow row, std::optional<std::string> const& model)
{
    auto const number = row.number;
    auto image = load_annotated_image(database, std::move(row));
    load_detections(database, number, model, image);
    for_each<TagRow>(database,
                     "JOIN image_tags ON image_tags.tag = tags.number WHERE image_tags.image = $1 "
                     "ORDER BY image_tags.number",
                     {number}, [&](TagRow tag) {
                         image.tags.push_back({std::move(tag.id), std::move(tag.name)});
                     });
    return image;
}

std::optional<std::string> text_of(Remarks const& remarks)
{
    return remarks.empty() ? std::nullopt : std::optional(to_text(to_json(remarks.list())));
}

std::vector<Remark> remarks_in(std::optional<std::string> const& column)
{
    if (!column) return {};
    auto remarks = from_text<std::vector<Remark>>(*column, "stored remarks");
    if (!remarks) throw DatabaseError(remarks.error().message);
    return std::move(*remarks);
}

} // namespace learning_loop::store
