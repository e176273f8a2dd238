#include "learning_loop/store/image_repository.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/image_rows.h"

#include <unordered_map>

namespace learning_loop::store {
namespace {

Error id_is_taken(NewImage const& image)
{
    return {Errc::conflict, image.name + ": the id " + image.id +
                                " is taken by an image or metadata that differ: send it under another UUID"};
}

struct Body {
    std::string image_hash;
    std::string metadata_hash;
    bool operator==(Body const&) const = default;
};

/// The images that the project does not have yet, each once. Errors: conflict if an id is taken by another body.
Result<std::vector<NewImage const*>> new_ones(Database& database, Project const& project,
                                              std::vector<NewImage> const& images)
{
    std::unordered_map<std::string, Body> seen;
    std::vector<NewImage const*> fresh;
    for (auto const& image : images) {
        Body const body{image.image_hash, image.metadata_hash};
        auto const [earlier, is_first] = seen.emplace(image.id, body);
        if (!is_first) {
            if (earlier->second != body) return id_is_taken(image);
            continue;
        }
        auto const row = database.query_one(
            "SELECT image_hash, metadata_hash FROM images WHERE project = $1 AND id = $2", {project.number, image.id});
        if (!row) fresh.push_back(&image);
        else if (Body{row->text(0), row->text(1)} != body) return id_is_taken(image);
    }
    return fresh;
}

std::string text_of(ImageState state)
{
    return boost::describe::enum_to_string(state, "");
}

} // namespace

Result<int> ImageRepository::add_now(Database& database, Project const& project, std::vector<NewImage> const& images)
{
    auto const fresh = new_ones(database, project, images);
    if (!fresh) return fresh.error();
    if (fresh->empty()) return 0;
    std::vector<BlobFiles::Blob> blobs;
    for (auto const* image : *fresh) {
        blobs.push_back({files_.path_of(project.organization, project.name, image->id), image->bytes});
    }
    // Files first: a crash in between leaves a file without a row, which the sender's retry replaces.
    if (auto put = files_.put(blobs); !put) return put.error();
    Transaction transaction(database);
    for (auto const* image : *fresh) insert_image(database, project, *image);
    database.execute("UPDATE projects SET changed = $1 WHERE number = $2", {timestamp_now(), project.number});
    transaction.commit();
    return static_cast<int>(fresh->size());
}

Task<Result<int>> ImageRepository::add(Project project, std::vector<NewImage> images)
{
    auto job = [this, project = std::move(project), images = std::move(images)](Database& database) {
        return add_now(database, project, images);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::vector<std::string>>> ImageRepository::missing(Project project, std::vector<std::string> ids)
{
    auto job = [number = project.number, ids = std::move(ids)](Database& database) -> Result<std::vector<std::string>> {
        std::vector<std::string> missing;
        for (auto const& id : ids) {
            if (!database.query_one("SELECT 1 FROM images WHERE project = $1 AND id = $2", {number, id}))
                missing.push_back(id);
        }
        return missing;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<ImageRepository::Page>> ImageRepository::page(Project project, std::optional<ImageState> state,
                                                          std::int64_t after, int count)
{
    auto job = [number = project.number, state, after, count](Database& database) -> Result<Page> {
        Page page;
        std::int64_t last = 0;
        auto const use = [&](Row const& row) {
            last = row.integer(0);
            page.ids.push_back(row.text(1));
        };
        if (state) {
            database.for_each(
                "SELECT number, id FROM images WHERE project = $1 AND state = $2 AND number > $3 ORDER BY number "
                "LIMIT $4",
                {number, text_of(*state), after, std::int64_t{count}}, use);
        } else {
            database.for_each(
                "SELECT number, id FROM images WHERE project = $1 AND number > $2 ORDER BY number LIMIT $3",
                {number, after, std::int64_t{count}}, use);
        }
        if (page.ids.size() == static_cast<std::size_t>(count)) page.next_after = last;
        return page;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::vector<StoredImage>>> ImageRepository::find(Project project, std::vector<std::string> ids)
{
    auto job = [number = project.number, ids = std::move(ids)](Database& database) -> Result<std::vector<StoredImage>> {
        std::vector<StoredImage> images;
        for (auto const& id : ids) {
            if (auto image = load_image(database, number, id)) images.push_back(std::move(*image));
        }
        return images;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::vector<StoredImage>>> ImageRepository::newest(Project project, ImageState state, int count)
{
    auto job = [number = project.number, state, count](Database& database) -> Result<std::vector<StoredImage>> {
        std::vector<StoredImage> images;
        auto const rows =
            database.query("SELECT id FROM images WHERE project = $1 AND state = $2 ORDER BY number DESC LIMIT $3",
                           {number, text_of(state), std::int64_t{count}});
        for (auto const& row : rows) {
            if (auto image = load_image(database, number, row.text(0))) images.push_back(std::move(*image));
        }
        return images;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<ImageRepository::File>> ImageRepository::file(Project project, std::string id)
{
    auto job = [this, project = std::move(project), id = std::move(id)](Database& database) -> Result<File> {
        auto const row = database.query_one("SELECT media_type, image_hash FROM images WHERE project = $1 AND id = $2",
                                            {project.number, id});
        if (!row) return Error{Errc::not_found, "the project '" + project.name + "' has no image " + printable(id)};
        return File{files_.path_of(project.organization, project.name, id), row->text(0), row->text(1)};
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::map<ImageState, std::int64_t>>> ImageRepository::counts(Project project)
{
    auto job = [number = project.number](Database& database) -> Result<std::map<ImageState, std::int64_t>> {
        std::map<ImageState, std::int64_t> counts;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<ImageState>>(
            [&](auto state) { counts[state.value] = 0; });
        auto const use = [&](Row const& row) {
            ImageState state{};
            if (boost::describe::enum_from_string(row.text(0).c_str(), state)) counts[state] = row.integer(1);
        };
        database.for_each("SELECT state, count FROM image_counts WHERE project = $1", {number}, use);
        return counts;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
