#include "learning_loop/store/image_repository.h"

#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/image_rows.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"

#include <unordered_map>

namespace learning_loop::store {
namespace {

struct Body {
    std::string image_hash;
    std::string metadata_hash;
    bool operator==(Body const&) const = default;
};

Error id_is_taken(NewImage const& image)
{
    return {Errc::conflict, image.name + ": the id " + image.id + " is taken by an image or metadata that differ"};
}

/// The images that the project does not have yet, each once. Errors: conflict if an id is taken by another body.
Result<std::vector<NewImage const*>> new_ones(Database& database, std::int64_t project,
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
            "SELECT image_hash, metadata_hash FROM images WHERE project = $1 AND id = $2", {project, image.id});
        if (!row) fresh.push_back(&image);
        else if (Body{column<std::string>(*row, 0), column<std::string>(*row, 1)} != body) return id_is_taken(image);
    }
    return fresh;
}

} // namespace

Result<int> ImageRepository::add_now(Database& database, std::int64_t number, std::vector<NewImage> const& images)
{
    auto const fresh = new_ones(database, number, images);
    if (!fresh) return fresh.error();
    if (fresh->empty()) return 0;
    auto const project = load_project(database, number);
    std::vector<BlobFiles::Blob> blobs;
    for (auto const* image : *fresh)
        blobs.push_back({files_.path_of(project.organization, project.name, image->id), image->bytes});
    // Files first: a crash in between leaves a file without a row, which the sender's retry replaces.
    if (auto put = files_.put(blobs); !put) return put.error();
    Transaction transaction(database);
    for (auto const* image : *fresh) insert_image(database, project, *image);
    touch_project(database, number);
    transaction.commit();
    return static_cast<int>(fresh->size());
}

Task<Result<int>> ImageRepository::add(std::int64_t project, std::vector<NewImage> images)
{
    auto job = [this, project, images = std::move(images)](Database& database) {
        return add_now(database, project, images);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::vector<std::string>>> ImageRepository::missing(std::int64_t project, std::vector<std::string> ids)
{
    auto job = [project, ids = std::move(ids)](Database& database) -> Result<std::vector<std::string>> {
        Transaction const one_state(database);
        std::vector<std::string> missing;
        for (auto const& id : ids) {
            if (!database.query_one("SELECT 1 FROM images WHERE project = $1 AND id = $2", {project, id}))
                missing.push_back(id);
        }
        return missing;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<ImageRepository::Page>> ImageRepository::page(std::int64_t project, std::optional<ImageState> state,
                                                          std::int64_t after, int count)
{
    auto job = [project, state, after, count](Database& database) -> Result<Page> {
        Page page;
        std::int64_t last = 0;
        auto const use = [&](Row const& row) {
            last = column<std::int64_t>(row, 0);
            page.ids.push_back(column<std::string>(row, 1));
        };
        if (state) {
            database.for_each(
                "SELECT number, id FROM images WHERE project = $1 AND state = $2 AND number > $3 ORDER BY number "
                "LIMIT $4",
                {project, value_of(*state), after, std::int64_t{count}}, use);
        } else {
            database.for_each(
                "SELECT number, id FROM images WHERE project = $1 AND number > $2 ORDER BY number LIMIT $3",
                {project, after, std::int64_t{count}}, use);
        }
        if (page.ids.size() == static_cast<std::size_t>(count)) page.next_after = last;
        return page;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::vector<StoredImage>>> ImageRepository::find(std::int64_t project, std::vector<std::string> ids)
{
    auto job = [project, ids = std::move(ids)](Database& database) -> Result<std::vector<StoredImage>> {
        Transaction const one_state(database);
        std::vector<StoredImage> images;
        for (auto const& id : ids) {
            if (auto image = find_image(database, project, id)) images.push_back(std::move(*image));
        }
        return images;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::vector<StoredImage>>> ImageRepository::newest(std::int64_t project, ImageState state, int count)
{
    auto job = [project, state, count](Database& database) -> Result<std::vector<StoredImage>> {
        Transaction const one_state(database);
        std::vector<StoredImage> images;
        auto rows = find_rows<ImageRow>(database, "WHERE project = $1 AND state = $2 ORDER BY number DESC LIMIT $3",
                                        {project, value_of(state), std::int64_t{count}});
        for (auto& row : rows) images.push_back(load_image(database, std::move(row)));
        return images;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<ImageRepository::File>>> ImageRepository::file(std::int64_t project, std::string id)
{
    auto job = [this, project, id = std::move(id)](Database& database) -> Result<std::optional<File>> {
        auto const row =
            database.query_one("SELECT organization, name, media_type, image_hash FROM images JOIN projects "
                               "ON projects.number = images.project WHERE project = $1 AND id = $2",
                               {project, id});
        if (!row) return std::nullopt;
        return File{files_.path_of(column<std::string>(*row, 0), column<std::string>(*row, 1), id),
                    column<std::string>(*row, 2), column<std::string>(*row, 3)};
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::map<ImageState, std::int64_t>>> ImageRepository::counts(std::int64_t project)
{
    auto job = [project](Database& database) -> Result<std::map<ImageState, std::int64_t>> {
        std::map<ImageState, std::int64_t> counts;
        for (auto const& word : reflect_detail::words_of<ImageState>()) counts[static_cast<ImageState>(word.value)] = 0;
        for_each<ImageCountRow>(database, "WHERE project = $1", {project},
                                [&](ImageCountRow const& row) { counts[row.state] = row.count; });
        return counts;
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
