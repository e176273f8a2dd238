#include "learning_loop/store/image_repository.h"

#include "learning_loop/base/files.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/image_rows.h"
#include "learning_loop/store/tables.h"

namespace learning_loop::store {
namespace {

/// The columns are those that both statements ask for.
ImageRepository::File file_in(Row const& row, BlobFiles const& files)
{
    ImageRepository::File file;
    read_column(row, 0, file.number);
    read_column(row, 1, file.id);
    read_column(row, 2, file.folder);
    read_column(row, 3, file.media_type);
    read_column(row, 4, file.hash);
    read_column(row, 5, file.size_bytes);
    read_column(row, 6, file.pixels);
    read_column(row, 7, file.project);
    file.path = files.path_of(file.folder, file.id);
    file.is_whole = has_length(file.path, file.size_bytes);
    return file;
}

} // namespace

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
        page.ids.reserve(static_cast<std::size_t>(count));
        std::int64_t last = 0;
        auto const use = [&](Row const& row) {
            last = column<std::int64_t>(row, 0);
            page.ids.push_back(column<std::string>(row, 1));
        };
        if (state) {
            database.for_each("SELECT number, id FROM images WHERE project = $1 AND state = $2 AND number > $3 "
                              "AND pixels <> 'broken' ORDER BY number LIMIT $4",
                              {project, value_of(*state), after, std::int64_t{count}}, use);
        } else {
            database.for_each("SELECT number, id FROM images WHERE project = $1 AND number > $2 "
                              "AND pixels <> 'broken' ORDER BY number LIMIT $3",
                              {project, after, std::int64_t{count}}, use);
        }
        if (page.ids.size() == static_cast<std::size_t>(count)) page.next_after = last;
        return page;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<ImageRepository::Page>> ImageRepository::page_without(std::int64_t project, std::string version,
                                                                  std::int64_t after, int count)
{
    auto job = [project, version = std::move(version), after, count](Database& database) -> Result<Page> {
        Page page;
        int seen = 0;
        std::int64_t last = 0;
        auto const use = [&](Row const& row) {
            ++seen;
            last = column<std::int64_t>(row, 0);
            if (column<std::int64_t>(row, 2) == 0) page.ids.push_back(column<std::string>(row, 1));
        };
        database.for_each("SELECT number, id, (SELECT COUNT(*) FROM detections WHERE detections.image = images.number "
                          "AND detections.model_name = $1) FROM images WHERE project = $2 AND number > $3 "
                          "AND pixels <> 'broken' ORDER BY number LIMIT $4",
                          {version, project, after, std::int64_t{count}}, use);
        if (seen == count) page.next_after = last;
        return page;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::vector<StoredImage>>> ImageRepository::find(std::int64_t project, std::vector<std::string> ids,
                                                             std::optional<std::string> model)
{
    auto job = [project, ids = std::move(ids),
                model = std::move(model)](Database& database) -> Result<std::vector<StoredImage>> {
        Transaction const one_state(database);
        std::vector<StoredImage> images;
        for (auto const& id : ids) {
            auto row = find_image_row(database, project, id);
            if (row) images.push_back(load_image(database, std::move(*row), model));
        }
        return images;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::optional<StoredImage>>> ImageRepository::find_annotated(std::int64_t project, std::string id)
{
    auto job = [project, id = std::move(id)](Database& database) -> Result<std::optional<StoredImage>> {
        Transaction const one_state(database);
        auto row = find_image_row(database, project, id);
        return row ? std::optional(load_annotated_image(database, std::move(*row))) : std::nullopt;
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
    auto look = [this, project, id](Database& database) -> Result<std::optional<File>> {
        auto const row = database.query_one(
            "SELECT images.number, images.id, projects.folder, images.media_type, images.image_hash, images.bytes, "
            "images.pixels, images.project FROM images JOIN projects ON projects.number = images.project "
            "WHERE images.project = $1 AND images.id = $2",
            {project, id});
        return row ? std::optional(file_in(*row, files_)) : std::nullopt;
    };
    auto found = co_await lanes_.read(look);
    if (!found || !*found || (*found)->is_whole) co_return found;
    // Its row may have been committed a moment ago. On the writing lane, every such file is in its place.
    auto look_again = [this, project, id, look](Database& database) -> Result<std::optional<File>> {
        auto again = look(database);
        if (!again || !*again || (*again)->is_whole) return again;
        auto& file = **again;
        auto const waiting = files_.waiting_of(project, id);
        file.is_whole = has_length(waiting, file.size_bytes);
        if (file.is_whole) file.path = waiting;
        return again;
    };
    co_return co_await lanes_.write(std::move(look_again));
}

Task<Result<std::vector<ImageRepository::File>>> ImageRepository::unchecked(std::int64_t after, int count)
{
    auto job = [this, after, count](Database& database) -> Result<std::vector<File>> {
        std::vector<File> files;
        database.for_each(
            "SELECT images.number, images.id, projects.folder, images.media_type, images.image_hash, images.bytes, "
            "images.pixels, images.project FROM images JOIN projects ON projects.number = images.project "
            "WHERE images.pixels = 'unchecked' AND images.number > $1 ORDER BY images.number LIMIT $2",
            {after, std::int64_t{count}}, [&](Row const& row) { files.push_back(file_in(row, files_)); });
        return files;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::vector<std::string>>> ImageRepository::unchecked_of(std::int64_t project, std::vector<std::string> ids)
{
    auto job = [project, ids = std::move(ids)](Database& database) -> Result<std::vector<std::string>> {
        Transaction const one_state(database);
        std::vector<std::string> unchecked;
        for (auto const& id : ids) {
            if (database.query_one("SELECT 1 FROM images WHERE project = $1 AND id = $2 AND pixels = 'unchecked'",
                                   {project, id}))
                unchecked.push_back(id);
        }
        return unchecked;
    };
    co_return co_await lanes_.read(std::move(job));
}

Task<Result<std::vector<std::int64_t>>> ImageRepository::keep_checked(std::vector<Checked> checked)
{
    auto job = [checked = std::move(checked)](Database& database) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> gone;
        for (auto const& image : checked) {
            auto const changed =
                database.execute("UPDATE images SET pixels = $1 WHERE number = $2 AND project = $3 AND image_hash = $4",
                                 {value_of(image.pixels), image.number, image.project, image.hash});
            if (changed == 0) gone.push_back(image.number);
        }
        return gone;
    };
    co_return co_await lanes_.write(std::move(job));
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

Task<Result<std::int64_t>> ImageRepository::count_broken(std::int64_t project)
{
    auto job = [project](Database& database) -> Result<std::int64_t> {
        auto const row =
            database.query_one("SELECT count(*) FROM images WHERE project = $1 AND pixels = 'broken'", {project});
        return column<std::int64_t>(row.value(), 0);
    };
    co_return co_await lanes_.read(std::move(job));
}

} // namespace learning_loop::store
