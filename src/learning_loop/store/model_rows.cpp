#include "learning_loop/store/model_rows.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project_rows.h"
#include "learning_loop/store/tables.h"
#include "learning_loop/store/training_rows.h"
#include "learning_loop/store/training_tables.h"

#include <map>
#include <set>

namespace learning_loop::store {
namespace {

struct Version {
    int major = 0;
    int minor = 0;
};

std::string text_of(Version version)
{
    return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::optional<Version> parse_version(std::string_view text)
{
    constexpr std::uint64_t too_large = 1'000'000'000;
    auto const dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    auto const major = parse_whole_number(text.substr(0, dot));
    auto const minor = parse_whole_number(text.substr(dot + 1));
    if (!major || !minor || *major >= too_large || *minor >= too_large) return std::nullopt;
    Version const version{static_cast<int>(*major), static_cast<int>(*minor)};
    return text_of(version) == text ? std::optional(version) : std::nullopt;
}

Model model_of(ModelRow row)
{
    return {std::move(row.id), std::move(row.version), {}, std::move(row.created), std::move(row.comment)};
}

std::optional<ModelFileRow> find_file(Database& database, std::string const& model, std::string const& format)
{
    return find_row<ModelFileRow>(database, "WHERE model = $1 AND format = $2", {model, format});
}

std::optional<ModelRow> find_listed(Database& database, std::int64_t project, std::string const& id)
{
    return find_row<ModelRow>(database,
                              "WHERE project = $1 AND id = $2 AND EXISTS "
                              "(SELECT 1 FROM model_files WHERE model_files.model = models.id)",
                              {project, id});
}

ModelPlace place_of(Database& database, ModelRow row)
{
    ModelPlace place;
    place.model_json = row.model_json;
    place.model = model_of(std::move(row));
    for_each<ModelFileRow>(database, "WHERE model = $1 ORDER BY format", {place.model.id},
                           [&](ModelFileRow file) { place.model.formats.push_back(std::move(file.format)); });
    return place;
}

/// Notes that the file is going to be written.
void begin_file(Database& database, Project const& project, std::string const& model, std::string const& format)
{
    auto const path = ModelRepository::file_in("", project.folder, model, format);
    upsert(database, BegunModelFileRow{model, format, path.string()}, "model, format");
}

/// The place of a content in a model that there is. Errors: conflict if it has another content there.
Result<ModelPlace> place_in(Database& database, Project const& project, ModelRow row, ModelContent const& content)
{
    auto const file = find_file(database, row.id, content.format);
    if (file && file->content_hash != content.hash) {
        return Error{Errc::conflict, "the model " + row.version + " has other files in the format '" + content.format +
                                         "' already: upload yours as a new model"};
    }
    auto place = place_of(database, std::move(row));
    if (file) place.stored_bytes = file->bytes;
    else begin_file(database, project, place.model.id, content.format);
    return place;
}

/// The model that the upload made which had that key, also if that one came to no end. Errors: conflict if that was
/// another upload.
Result<std::optional<ModelPlace>> place_by_key(Database& database, std::int64_t project, NewModel const& wanted,
                                               ModelContent const& content)
{
    if (!wanted.idempotency_key) return std::optional<ModelPlace>();
    auto row =
        find_row<ModelRow>(database, "WHERE project = $1 AND idempotency_key = $2", {project, *wanted.idempotency_key});
    if (!row) return std::optional<ModelPlace>();
    if (!find_row<ModelFileRow>(database, "WHERE model = $1", {row->id}))
        return std::optional(place_of(database, std::move(*row)));
    auto const file = find_file(database, row->id, content.format);
    bool const is_same = file && file->content_hash == content.hash && (!wanted.id || *wanted.id == row->id);
    if (!is_same) {
        return Error{Errc::conflict, "Idempotency-Key: it came with another upload, which became the model " +
                                         row->version + ": send a new key"};
    }
    auto place = place_of(database, std::move(*row));
    place.stored_bytes = file->bytes;
    return std::optional(std::move(place));
}

std::optional<ModelPlace> place_by_content(Database& database, std::int64_t project, NewModel const& wanted,
                                           ModelContent const& content)
{
    auto row = find_row<ModelRow>(database,
                                  "JOIN model_files ON model_files.model = models.id WHERE models.project = $1 AND "
                                  "model_files.content_hash = $2 AND model_files.format = $3 ORDER BY models.number",
                                  {project, content.hash, content.format});
    if (!row) return std::nullopt;
    if (wanted.idempotency_key && !row->idempotency_key) {
        database.execute("UPDATE models SET idempotency_key = $1 WHERE id = $2", {*wanted.idempotency_key, row->id});
    }
    auto const file = find_file(database, row->id, content.format);
    auto place = place_of(database, std::move(*row));
    place.stored_bytes = file->bytes;
    return place;
}

Version next_version(Database& database, std::int64_t project, std::optional<ModelRow> const& parent)
{
    if (!parent) {
        auto const row = database.query_one("SELECT COALESCE(MAX(major), 0) FROM models WHERE project = $1", {project});
        return {column<int>(row.value(), 0) + 1, 0};
    }
    std::set<int> taken;
    database.for_each("SELECT minor FROM models WHERE project = $1 AND major = $2", {project, value_of(parent->major)},
                      [&](Row const& row) { taken.insert(column<int>(row, 0)); });
    Version next{parent->major, parent->minor + 1};
    while (taken.contains(next.minor)) ++next.minor;
    return next;
}

/// The version that a new model gets. Errors: unprocessable if it has another form. conflict if it is taken.
Result<Version> version_for(Database& database, std::int64_t project, NewModel const& wanted,
                            std::optional<ModelRow> const& parent)
{
    if (!wanted.version) return next_version(database, project, parent);
    auto const version = parse_version(*wanted.version);
    if (!version) {
        return Error{Errc::unprocessable,
                     "version: '" + printable(*wanted.version) + "' is none: use two numbers with a dot, as 1.3"};
    }
    if (find_row<ModelRow>(database, "WHERE project = $1 AND version = $2", {project, *wanted.version}))
        return Error{Errc::conflict, "version: the project has or had a model " + *wanted.version + " already"};
    return *version;
}

Result<ModelPlace> insert_model(Database& database, std::int64_t project, NewModel const& wanted,
                                std::optional<ModelRow> const& parent)
{
    auto const version = version_for(database, project, wanted, parent);
    if (!version) return version.error();
    ModelRow row;
    row.project = project;
    row.id = wanted.id ? *wanted.id : new_uuid();
    row.version = text_of(*version);
    row.created = timestamp_now();
    row.comment = wanted.comment;
    row.major = version->major;
    row.minor = version->minor;
    row.parent = wanted.parent;
    row.idempotency_key = wanted.idempotency_key;
    insert(database, row);
    return ModelPlace{model_of(std::move(row)), {}, {}};
}

} // namespace

std::vector<Model> models_of(Database& database, std::int64_t project)
{
    std::vector<Model> models;
    std::map<std::string, std::size_t> places;
    for_each<ModelRow>(database, "WHERE project = $1 ORDER BY major, minor, number", {project}, [&](ModelRow row) {
        places.emplace(row.id, models.size());
        models.push_back(model_of(std::move(row)));
    });
    for_each<ModelFileRow>(database,
                           "JOIN models ON models.id = model_files.model WHERE models.project = $1 "
                           "ORDER BY model_files.format",
                           {project}, [&](ModelFileRow file) {
                               models.at(places.at(file.model)).formats.push_back(std::move(file.format));
                           });
    std::erase_if(models, [](Model const& model) { return model.formats.empty(); });
    return models;
}

std::optional<Model> find_model(Database& database, std::int64_t project, std::string const& id)
{
    auto row = find_listed(database, project, id);
    return row ? std::optional(place_of(database, std::move(*row)).model) : std::nullopt;
}

std::optional<Model> model_of_id(Database& database, std::string const& id)
{
    auto const row = find_row<ModelRow>(database, "WHERE id = $1", {id});
    return row ? find_model(database, row->project, id) : std::nullopt;
}

Result<ModelPlace> reserve_model(Database& database, std::int64_t project, NewModel const& wanted,
                                 ModelContent const& content)
{
    auto const of = require_project(database, project);
    if (!of) return of.error();
    auto by_key = place_by_key(database, project, wanted, content);
    if (!by_key) return by_key.error();
    if (*by_key) return std::move(**by_key);
    std::optional<ModelRow> parent;
    if (wanted.parent) parent = find_listed(database, project, *wanted.parent);
    if (wanted.parent && !parent)
        return Error{Errc::unprocessable, "parent: the project has no model " + printable(*wanted.parent)};
    if (!wanted.id) {
        auto by_content = place_by_content(database, project, wanted, content);
        return by_content ? Result<ModelPlace>(std::move(*by_content))
                          : insert_model(database, project, wanted, parent);
    }
    auto earlier = find_row<ModelRow>(database, "WHERE id = $1", {*wanted.id});
    if (!earlier) return insert_model(database, project, wanted, parent);
    if (earlier->project != project || earlier->removed)
        return Error{Errc::conflict, "id: there is or was a model " + *wanted.id + " already: choose another id"};
    return place_in(database, *of, std::move(*earlier), content);
}

Result<std::optional<ModelPlace>> reserve_format(Database& database, std::int64_t project, std::string const& id,
                                                 ModelContent const& content)
{
    auto const of = load_project(database, project);
    if (!of) return std::optional<ModelPlace>();
    auto row = find_listed(database, project, id);
    auto const awaited = row ? std::nullopt : awaited_model(database, project, id);
    if (!row && !awaited) return std::optional<ModelPlace>();
    auto place =
        row ? place_in(database, *of, std::move(*row), content) : reserve_model(database, project, *awaited, content);
    if (!place) return place.error();
    return std::optional(std::move(*place));
}

Result<void> add_model_file(Database& database, std::int64_t project, NewModelFile const& file)
{
    auto const row = find_row<ModelRow>(database, "WHERE project = $1 AND id = $2", {project, file.model});
    if (!row || row->removed) return Error{Errc::not_found, "the model was deleted meanwhile"};
    if (!row->model_json) {
        auto const is_first = find_row<ModelFileRow>(database, "WHERE model = $1", {file.model}) == std::nullopt;
        if (is_first) {
            database.execute("UPDATE models SET model_json = $1, remarks = $2 WHERE id = $3",
                             {file.model_json, to_text(to_json(file.remarks)), file.model});
        }
    }
    ModelFileRow stored;
    stored.model = file.model;
    stored.format = file.content.format;
    stored.bytes = file.bytes;
    stored.content_hash = file.content.hash;
    database.execute("DELETE FROM begun_model_files WHERE model = $1 AND format = $2", {stored.model, stored.format});
    upsert(database, std::move(stored), "model, format");
    touch_project(database, project);
    return {};
}

Result<bool> remove_model(Database& database, std::int64_t project, std::string const& id, std::string const& files)
{
    auto const row = find_listed(database, project, id);
    if (!row) return false;
    if (database.query_one("SELECT 1 FROM projects WHERE number = $1 AND target = $2", {project, id})) {
        return Error{Errc::conflict,
                     "the model " + row->version +
                         " is the deployment target: choose another one, or none, before it is deleted"};
    }
    if (auto const training = find_training_on(database, project, id)) {
        return Error{Errc::conflict, "the model " + row->version + " is trained on by the training " +
                                         std::to_string(training->training_number) +
                                         ": delete it once that has ended, or abort that"};
    }
    database.execute("DELETE FROM model_files WHERE model = $1", {id});
    database.execute("UPDATE models SET removed = $1, idempotency_key = NULL, model_json = NULL WHERE id = $2",
                     {timestamp_now(), id});
    remove_file_later(database, files);
    touch_project(database, project);
    return true;
}

} // namespace learning_loop::store
