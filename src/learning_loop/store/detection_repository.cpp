#include "learning_loop/store/detection_repository.h"

#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/image_rows.h"
#include "learning_loop/store/mark_rows.h"
#include "learning_loop/store/project_rows.h"

#include <memory>
#include <set>

namespace learning_loop::store {
namespace {

constexpr std::size_t max_at_a_time = 2000; // detections: some 20 ms

std::size_t count(Detections const& d)
{
    return d.box_detections.size() + d.point_detections.size() + d.segmentation_detections.size() +
           d.classification_detections.size();
}

std::set<std::string> models_in(Detections const& d)
{
    std::set<std::string> models;
    auto const add = [&](auto const& list) {
        for (auto const& detection : list) models.insert(detection.model_name);
    };
    add(d.box_detections);
    add(d.point_detections);
    add(d.segmentation_detections);
    add(d.classification_detections);
    return models;
}

void add_remarks(Database& database, std::int64_t image, Remarks const& remarks)
{
    if (remarks.empty()) return;
    auto const row = find_row<ImageRow>(database, "WHERE number = $1", {image});
    Remarks all(row ? remarks_in(row->remarks) : std::vector<Remark>());
    for (auto const& remark : remarks.list()) all.add(remark.field, remark.reason, remark.value);
    database.execute("UPDATE images SET remarks = $1 WHERE number = $2", {value_of(text_of(all)), image});
}

/// The model that found all of this; empty if there are several or none. A trainer sends what one model found: it is
/// also the one that found nothing in the images without a detection.
std::set<std::string> only_model_in(std::vector<FoundInImage> const& all)
{
    std::set<std::string> models;
    for (auto const& found : all) models.merge(models_in(found.detections));
    if (models.size() != 1) models.clear();
    return models;
}

/// Returns false if the project has no such image. `only_model` is what `only_model_in` tells.
bool replace_one(Database& database, Project const& project, FoundInImage const& found,
                 std::set<std::string> const& only_model)
{
    auto const& d = found.detections;
    auto const& id = d.image_id.value();
    auto const row =
        database.query_one("SELECT number FROM images WHERE project = $1 AND id = $2", {project.number, id});
    if (!row) return false;
    auto const number = column<std::int64_t>(*row, 0);
    std::string origin;
    auto models = models_in(d);
    if (models.empty()) models = only_model;
    for (auto const& model : models) {
        database.execute("DELETE FROM detections WHERE image = $1 AND model_name = $2", {number, model});
        origin += model + "/";
    }
    MarkWriter writer(database, project, number, id, origin);
    writer.write_all(d.box_detections);
    writer.write_all(d.point_detections);
    writer.write_all(d.segmentation_detections);
    writer.write_all(d.classification_detections);
    add_remarks(database, number, found.remarks);
    return true;
}

} // namespace

Task<Result<std::vector<DetectionRepository::Known>>> DetectionRepository::find_images(std::int64_t project,
                                                                                       std::vector<std::string> ids)
{
    auto job = [project, ids = std::move(ids)](Database& database) -> Result<std::vector<Known>> {
        Transaction const one_state(database);
        std::vector<Known> known;
        for (auto const& id : ids) {
            auto const row =
                database.query_one("SELECT width, height FROM images WHERE project = $1 AND id = $2", {project, id});
            if (row) known.push_back({id, column<int>(*row, 0), column<int>(*row, 1)});
        }
        return known;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::int64_t>> DetectionRepository::replace(std::int64_t project, std::vector<FoundInImage> found)
{
    auto const all = std::make_shared<std::vector<FoundInImage>>(std::move(found)); // shared: with the jobs
    auto const only_model = only_model_in(*all);
    std::int64_t replaced = 0;
    for (std::size_t first = 0; first < all->size();) {
        auto end = first;
        for (std::size_t together = 0; end < all->size() && (end == first || together < max_at_a_time); ++end)
            together += count((*all)[end].detections);
        auto job = [project, all, only_model, first, end](Database& database) -> Result<std::int64_t> {
            auto const of = require_project(database, project);
            if (!of) return of.error();
            std::int64_t known = 0;
            for (auto i = first; i < end; ++i) known += replace_one(database, *of, (*all)[i], only_model) ? 1 : 0;
            return known;
        };
        auto const done = co_await lanes_.write(std::move(job));
        if (!done) co_return done.error();
        replaced += *done;
        first = end;
    }
    co_return replaced;
}

} // namespace learning_loop::store
