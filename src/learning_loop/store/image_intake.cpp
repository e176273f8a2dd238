#include "learning_loop/store/image_intake.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/image_rows.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace learning_loop::store {
namespace fs = std::filesystem;
namespace {

constexpr std::ptrdiff_t max_in_doubt = 100; // a disk that fails for long must not fill up, too

/// How an image stands that is to be kept.
enum class Standing {
    fresh,
    kept,   ///< It came before.
    broken, ///< The same, but its file is lost or has another length.
    removed ///< It came before and was deleted.
};

Error id_is_taken(NewImage const& image)
{
    return {Errc::conflict, image.name + ": the id " + image.id + " is taken by an image or metadata that differ"};
}

/// Errors: conflict if another body has its id.
Result<Standing> standing_of(Database& database, BlobFiles const& files, std::int64_t project, NewImage const& image)
{
    auto const row = database.query_one(
        "SELECT images.image_hash, images.metadata_hash, images.bytes, projects.folder FROM images "
        "JOIN projects ON projects.number = images.project WHERE images.project = $1 AND images.id = $2",
        {project, image.id});
    if (!row) {
        auto const removed = find_row<RemovedImageRow>(database, "WHERE project = $1 AND id = $2", {project, image.id});
        return removed ? Standing::removed : Standing::fresh;
    }
    bool const is_same =
        column<std::string>(*row, 0) == image.image_hash && column<std::string>(*row, 1) == image.metadata_hash;
    if (!is_same) return id_is_taken(image);
    auto const place = files.path_of(column<std::string>(*row, 3), image.id);
    return has_length(place, column<std::int64_t>(*row, 2)) ? Standing::kept : Standing::broken;
}

/// Each image once. Errors: conflict if two bodies have one id.
Result<std::vector<NewImage>> without_repeats(std::vector<NewImage> images)
{
    std::unordered_map<std::string, std::size_t> places;
    std::vector<NewImage> once;
    for (auto& image : images) {
        auto const [place, is_first] = places.emplace(image.id, once.size());
        if (is_first) {
            once.push_back(std::move(image));
            continue;
        }
        auto const& earlier = once[place->second];
        if (earlier.image_hash != image.image_hash || earlier.metadata_hash != image.metadata_hash)
            return id_is_taken(image);
    }
    return once;
}

/// Whether the id is one of a category of another project.
bool is_foreign(Database& database, Project const& project, std::optional<std::string> const& id)
{
    if (!id || id->empty()) return false;
    auto const is_own = [&](Category const& category) { return category.id == *id; };
    if (std::ranges::any_of(project.categories, is_own)) return false;
    return database.query_one("SELECT 1 FROM categories WHERE id = $1 AND project <> $2", {*id, project.number})
        .has_value();
}

void set_aside_foreign(Database& database, Project const& project, NewImage& image)
{
    auto const from = [&](auto& marks, std::string_view name) {
        std::size_t index = 0;
        std::erase_if(marks, [&](auto const& mark) {
            auto const field = std::string(name) + "[" + std::to_string(index++) + "]";
            if (!is_foreign(database, project, mark.category_id)) return false;
            image.remarks.add(field, "its category is one of another project", to_text(to_json(mark)));
            return true;
        });
    };
    auto& metadata = image.metadata;
    from(metadata.box_annotations, "box_annotations");
    from(metadata.point_annotations, "point_annotations");
    from(metadata.box_detections, "box_detections");
    from(metadata.point_detections, "point_detections");
    from(metadata.segmentation_detections, "segmentation_detections");
    from(metadata.classification_detections, "classification_detections");
    auto& whole = metadata.classification_annotation;
    if (!whole || !is_foreign(database, project, whole->category_id)) return;
    image.remarks.add("classification_annotation", "its category is one of another project", to_text(to_json(*whole)));
    whole.reset();
}

} // namespace

/// The images of one request, on their way.
struct ImageIntake::Batch {
    struct Item {
        NewImage image;
        std::shared_ptr<NewFile> received{}; ///< Null: its bytes are not wanted.
        bool is_wanted = false;
        fs::path place{}; ///< Where the file goes once the rows are committed. Empty: nowhere.
    };
    std::int64_t project = 0;
    std::vector<Item> items;
    bool is_placed = false;
};

ImageIntake::ImageIntake(DatabaseLanes& lanes, BlobFiles& files) : lanes_(lanes), files_(files)
{
    lanes_.write_at_start([this](Database& database) { settle(database); }).value();
}

/// Files whose rows were committed go to their place.
void ImageIntake::settle(Database& database) const
{
    files_.settle([&](BlobFiles::Unsettled const& left) -> fs::path {
        auto const row = database.query_one("SELECT projects.folder, images.bytes, images.image_hash FROM images "
                                            "JOIN projects ON projects.number = images.project "
                                            "WHERE images.project = $1 AND images.id = $2",
                                            {left.project, left.id});
        if (!row) return {};
        auto const bytes = column<std::int64_t>(*row, 1);
        auto place = files_.path_of(column<std::string>(*row, 0), left.id);
        if (has_length(place, bytes) || !has_length(left.file, bytes)) return {};
        auto const content = read_file(left.file, static_cast<std::size_t>(bytes));
        bool const is_it = content && hex(sha256(*content)) == column<std::string>(*row, 2);
        return is_it ? place : fs::path();
    });
}

Task<Result<ImageIntake::Added>> ImageIntake::add(std::int64_t project, std::vector<NewImage> images)
{
    auto once = without_repeats(std::move(images));
    if (!once) co_return once.error();
    auto const batch = std::make_shared<Batch>(); // shared: with the jobs
    batch->project = project;
    for (auto& image : *once) batch->items.push_back({std::move(image)});
    if (auto const found = co_await find_wanted(batch); !found) co_return found.error();
    if (auto const received = co_await receive(batch); !received) co_return received.error();
    auto job = [this, batch](Database& database) { return insert(database, batch); };
    auto place = [this, batch] {
        std::set<fs::path> folders;
        for (auto const& item : batch->items) {
            if (item.place.empty()) continue;
            files_.put_in_place(*item.received, item.place);
            folders.insert(item.place.parent_path());
        }
        BlobFiles::sync_places(folders);
        batch->is_placed = true;
    };
    try {
        auto added = co_await lanes_.write(std::move(job), std::move(place));
        if (added && added->fresh + added->repaired > 0) in_doubt_.clear(); // this COMMIT took the place of those
        co_return added;
    } catch (DatabaseError const&) {
        for (auto const& item : batch->items) {
            if (item.received) in_doubt_.push_back(item.received);
        }
        if (in_doubt_.size() > max_in_doubt) in_doubt_.erase(in_doubt_.begin(), in_doubt_.end() - max_in_doubt);
        throw;
    }
}

/// Bytes that are kept already are not written again.
Task<Result<void>> ImageIntake::find_wanted(std::shared_ptr<Batch> batch)
{
    auto job = [this, batch](Database& database) -> Result<void> {
        Transaction const one_state(database);
        for (auto& item : batch->items) {
            auto const standing = standing_of(database, files_, batch->project, item.image);
            if (!standing) return standing.error();
            item.is_wanted = *standing == Standing::fresh || *standing == Standing::broken;
        }
        return {};
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<void>> ImageIntake::receive(std::shared_ptr<Batch> batch)
{
    std::vector<BlobFiles::Blob> blobs;
    for (auto const& [image, received, is_wanted, place] : batch->items) {
        if (is_wanted) blobs.push_back({image.id, image.bytes, image.file});
    }
    auto files = co_await files_.receive(batch->project, std::move(blobs));
    if (!files) co_return files.error();
    auto next = files->begin();
    for (auto& item : batch->items) {
        if (item.is_wanted) item.received = std::move(*next++);
    }
    co_return Result<void>();
}

/// Looks once more: another request may have been faster.
Result<ImageIntake::Added> ImageIntake::insert(Database& database, std::shared_ptr<Batch> const& of)
{
    auto& batch = *of;
    auto const project = require_project(database, batch.project);
    if (!project) return project.error();
    Added added;
    for (auto& item : batch.items) {
        auto const standing = standing_of(database, files_, batch.project, item.image);
        if (!standing) return standing.error();
        added.removed += *standing == Standing::removed ? 1 : 0;
        if (*standing == Standing::kept || *standing == Standing::removed) continue;
        if (*standing == Standing::broken && is_being_placed(batch.project, item.image.id)) continue;
        if (!item.received)
            return Error{Errc::unavailable, item.image.name + ": was changed by another request: send it again"};
        item.place = files_.path_of(project->folder, item.image.id);
        if (*standing == Standing::fresh) {
            set_aside_foreign(database, *project, item.image);
            insert_image(database, *project, item.image);
            ++added.fresh;
            continue;
        }
        log::warn("{}/{}: the file of the image {} was lost or cut, and came again", project->organization,
                  project->name, item.image.id);
        database.execute("UPDATE images SET pixels = $1 WHERE project = $2 AND id = $3",
                         {value_of(Pixels::unchecked), batch.project, item.image.id});
        ++added.repaired;
    }
    if (added.fresh + added.repaired > 0) touch_project(database, batch.project);
    std::erase_if(placing_, [](auto const& one) { return one.expired(); });
    placing_.push_back(of);
    return added;
}

/// Whether a job of the same COMMIT has just inserted the image, so that its file is about to come to its place.
bool ImageIntake::is_being_placed(std::int64_t project, std::string const& id)
{
    return std::ranges::any_of(placing_, [&](auto const& weak) {
        auto const batch = weak.lock();
        if (!batch || batch->project != project || batch->is_placed) return false;
        return std::ranges::any_of(batch->items,
                                   [&](auto const& item) { return item.image.id == id && !item.place.empty(); });
    });
}

} // namespace learning_loop::store
