#include "learning_loop/store/image_editor.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/image_rows.h"
#include "learning_loop/store/mark_rows.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

#include <algorithm>

namespace learning_loop::store {
namespace {

constexpr std::size_t max_id = 100; // of an annotation that a node names

Error no_image(std::string const& id)
{
    return {Errc::not_found, "the project has no image " + id};
}

/// Errors: not_found if one is missing.
Result<std::vector<std::int64_t>> numbers_of(Database& database, std::int64_t project,
                                             std::vector<std::string> const& ids)
{
    std::vector<std::int64_t> numbers;
    for (auto const& id : ids) {
        auto const row = database.query_one("SELECT number FROM images WHERE project = $1 AND id = $2", {project, id});
        if (!row) return no_image(id);
        numbers.push_back(column<std::int64_t>(*row, 0));
    }
    return numbers;
}

void change_one(Database& database, Project const& project, std::int64_t image, ImageChange const& change)
{
    if (change.state)
        database.execute("UPDATE images SET state = $1 WHERE number = $2 AND state <> $1",
                         {value_of(*change.state), image});
    if (change.set) database.execute("UPDATE images SET split = $1 WHERE number = $2", {value_of(*change.set), image});
    for (auto const& tag : change.add_tags) add_tag(database, project, image, tag);
    for (auto const& tag : change.remove_tags) {
        database.execute("DELETE FROM image_tags WHERE image = $1 AND tag IN "
                         "(SELECT number FROM tags WHERE project = $2 AND name = $3)",
                         {image, project.number, tag});
    }
}

void remove_one(Database& database, Project const& project, std::int64_t image, std::string const& id)
{
    database.execute("DELETE FROM annotations WHERE image = $1", {image});
    database.execute("DELETE FROM detections WHERE image = $1", {image});
    database.execute("DELETE FROM image_tags WHERE image = $1", {image});
    database.execute("DELETE FROM images WHERE number = $1", {image});
    insert_if_new(database, RemovedImageRow{project.number, id, timestamp_now()});
    for (auto const* root : {"images", "thumbs"})
        remove_file_later(database, BlobFiles::path_in(root, project.folder, id).string());
}

/// The row of a shape that a node has drawn. Errors: unprocessable.
Result<AnnotationRow> shape_row(Project const& project, SegmentationAnnotation const& annotation)
{
    if (annotation.id.empty() || annotation.id.size() > max_id)
        return Error{Errc::unprocessable, "id: must have 1 to " + std::to_string(max_id) + " characters"};
    auto const category = std::ranges::find_if(project.categories, [&](Category const& one) {
        return one.id == annotation.category_id && one.type == "segmentation";
    });
    if (category == project.categories.end())
        return Error{Errc::unprocessable, "category_id: the project has no category of segmentations with the id " +
                                              printable(annotation.category_id)};
    AnnotationRow row;
    row.id = annotation.id;
    row.kind = MarkKind::segmentation;
    row.category_id = category->id;
    row.category_name = category->name;
    row.shape = std::string(JsonForm<Shape>::to_json(Shape{annotation.shape.points}).as_string());
    return row;
}

bool tells_the_same(AnnotationRow const& one, AnnotationRow const& other)
{
    return one.category_id == other.category_id && one.shape == other.shape;
}

void write_annotations(MarkWriter& writer, Annotations const& annotations)
{
    writer.write_all(annotations.box_annotations);
    writer.write_all(annotations.point_annotations);
    writer.write_all(annotations.segmentation_annotations);
    if (annotations.classification_annotation) writer.write(*annotations.classification_annotation);
}

} // namespace

Task<Result<void>> ImageEditor::change(std::int64_t project, std::vector<std::string> ids, ImageChange change)
{
    auto job = [project, ids = std::move(ids), change = std::move(change)](Database& database) -> Result<void> {
        auto const of = require_project(database, project);
        if (!of) return of.error();
        auto const numbers = numbers_of(database, project, ids);
        if (!numbers) return numbers.error();
        for (auto const number : *numbers) change_one(database, *of, number, change);
        touch_project(database, project);
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ImageEditor::remove(std::int64_t project, std::vector<std::string> ids)
{
    auto job = [project, ids = std::move(ids)](Database& database) -> Result<void> {
        auto const of = require_project(database, project);
        if (!of) return of.error();
        auto const numbers = numbers_of(database, project, ids);
        if (!numbers) return numbers.error();
        for (std::size_t i = 0; i < ids.size(); ++i) remove_one(database, *of, (*numbers)[i], ids[i]);
        touch_project(database, project);
        return {};
    };
    auto const removed = co_await lanes_.write(std::move(job));
    if (removed) files_.wake();
    co_return removed;
}

Task<Result<ImageEditor::Replaced>> ImageEditor::replace_annotations(std::int64_t project, std::string id,
                                                                     Annotations annotations,
                                                                     std::optional<std::int64_t> revision,
                                                                     std::string who)
{
    auto job = [project, id = std::move(id), annotations = std::move(annotations), revision,
                who = std::move(who)](Database& database) -> Result<Replaced> {
        auto const of = require_project(database, project);
        if (!of) return of.error();
        auto const row = find_image_row(database, project, id);
        if (!row) return no_image(id);
        if (revision && *revision != row->revision) return Replaced{row->revision, true};
        auto const next = row->revision + 1;
        database.execute("DELETE FROM annotations WHERE image = $1", {row->number});
        MarkWriter writer(database, *of, row->number, id, "revision " + std::to_string(next) + "/");
        write_annotations(writer, annotations);
        database.execute("UPDATE images SET revision = $1, annotated = $2, annotated_by = $3 WHERE number = $4",
                         {next, timestamp_now(), who, row->number});
        touch_project(database, project);
        return Replaced{next, false};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> ImageEditor::put_segmentation(std::int64_t project, SegmentationAnnotation annotation,
                                                 std::string who)
{
    auto job = [project, annotation = std::move(annotation), who = std::move(who)](Database& database) -> Result<void> {
        auto const of = require_project(database, project);
        if (!of) return of.error();
        auto const image = find_image_row(database, project, lower_case(annotation.image_id));
        if (!image) return no_image(printable(annotation.image_id));
        auto row = shape_row(*of, annotation);
        if (!row) return row.error();
        row->image = image->number;
        auto const earlier =
            find_row<AnnotationRow>(database, "WHERE image = $1 AND id = $2", {image->number, row->id});
        if (earlier && earlier->kind != row->kind)
            return Error{Errc::conflict, "id: another annotation of the image has the id " + printable(row->id)};
        if (earlier && tells_the_same(*earlier, *row)) return {}; // its ack was lost
        database.execute("DELETE FROM annotations WHERE image = $1 AND id = $2", {image->number, row->id});
        insert(database, std::move(*row));
        database.execute(
            "UPDATE images SET revision = revision + 1, annotated = $1, annotated_by = $2 WHERE number = $3",
            {timestamp_now(), who, image->number});
        touch_project(database, project);
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::int64_t>> ImageEditor::set_novelty(std::int64_t project, std::map<std::string, double> novelty)
{
    auto job = [project, novelty = std::move(novelty)](Database& database) -> Result<std::int64_t> {
        std::int64_t known = 0;
        for (auto const& [id, value] : novelty)
            known +=
                database.execute("UPDATE images SET novelty = $1 WHERE project = $2 AND id = $3", {value, project, id});
        return known;
    };
    co_return co_await lanes_.write(std::move(job));
}

} // namespace learning_loop::store
