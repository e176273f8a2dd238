#include "learning_loop/store/sqlite/migrations.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace learning_loop::store::sqlite {
namespace {

// Numbered from 1 in this order; a migration that was released is never edited.
constexpr std::array migrations{
    R"sql(
CREATE TABLE projects (
    number       INTEGER PRIMARY KEY,
    organization TEXT NOT NULL,
    name         TEXT NOT NULL,
    created      TEXT NOT NULL,
    changed      TEXT NOT NULL,
    generator    TEXT,                       -- what it was generated from, as JSON
    target       TEXT REFERENCES models (id) -- the model its detectors are to run
        DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (organization, name)
);
CREATE INDEX projects_by_change ON projects (changed);

CREATE TABLE categories (
    project     INTEGER NOT NULL REFERENCES projects (number),
    position    INTEGER NOT NULL,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    hotkey      TEXT,
    color       TEXT,
    point_size  INTEGER,
    type        TEXT,
    PRIMARY KEY (project, position),
    UNIQUE (project, id)
);

CREATE TABLE images (
    number        INTEGER PRIMARY KEY,       -- the order of arrival
    project       INTEGER NOT NULL REFERENCES projects (number),
    id            TEXT NOT NULL,
    state         TEXT NOT NULL,
    split         TEXT NOT NULL,             -- the set: train, test or val
    created       TEXT NOT NULL,
    received      TEXT NOT NULL,
    width         INTEGER NOT NULL,          -- of the upright image
    height        INTEGER NOT NULL,
    media_type    TEXT NOT NULL,
    bytes         INTEGER NOT NULL,
    image_hash    TEXT NOT NULL,
    metadata_hash TEXT NOT NULL,             -- of what came with the image; edits leave it alone
    source        TEXT,
    UNIQUE (project, id)
);
CREATE INDEX images_by_state ON images (project, state, number);
CREATE INDEX images_by_project ON images (project, number);

CREATE TABLE annotations (
    number        INTEGER PRIMARY KEY,
    image         INTEGER NOT NULL REFERENCES images (number),
    id            TEXT NOT NULL,
    kind          TEXT NOT NULL,             -- box, point or classification
    category_id   TEXT,
    category_name TEXT NOT NULL,
    x             REAL,
    y             REAL,
    width         REAL,
    height        REAL
);
CREATE INDEX annotations_by_image ON annotations (image);

CREATE TABLE detections (
    number        INTEGER PRIMARY KEY,
    image         INTEGER NOT NULL REFERENCES images (number),
    id            TEXT NOT NULL,
    kind          TEXT NOT NULL,             -- box, point, segmentation or classification
    category_id   TEXT,
    category_name TEXT NOT NULL,
    model_name    TEXT NOT NULL,
    confidence    REAL NOT NULL,             -- 0 to 1
    x             REAL,
    y             REAL,
    width         REAL,
    height        REAL,
    shape         TEXT                       -- x1,y1,x2,y2,...
);
CREATE INDEX detections_by_image ON detections (image);

CREATE TABLE tags (
    number  INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES projects (number),
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    UNIQUE (project, name)
);
CREATE TABLE image_tags (
    number INTEGER PRIMARY KEY,
    image  INTEGER NOT NULL REFERENCES images (number),
    tag    INTEGER NOT NULL REFERENCES tags (number),
    UNIQUE (image, tag)
);

-- Counting rows takes longer with every image; these are always there.
CREATE TABLE image_counts (
    project INTEGER NOT NULL REFERENCES projects (number),
    state   TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (project, state)
) WITHOUT ROWID;
CREATE TRIGGER image_added AFTER INSERT ON images BEGIN
    INSERT INTO image_counts VALUES (new.project, new.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER image_removed AFTER DELETE ON images BEGIN
    UPDATE image_counts SET count = count - 1 WHERE project = old.project AND state = old.state;
END;
CREATE TRIGGER image_moved AFTER UPDATE OF state ON images BEGIN
    UPDATE image_counts SET count = count - 1 WHERE project = old.project AND state = old.state;
    INSERT INTO image_counts VALUES (new.project, new.state, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TABLE models (
    number  INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES projects (number),
    id      TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL,
    created TEXT NOT NULL,
    comment TEXT NOT NULL,
    UNIQUE (project, version)
);
CREATE TABLE model_files (
    model  TEXT NOT NULL REFERENCES models (id),
    format TEXT NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (model, format)
) WITHOUT ROWID;

CREATE TABLE detectors (
    project   INTEGER NOT NULL REFERENCES projects (number),
    uuid      TEXT NOT NULL,
    status    TEXT NOT NULL,                 -- its newest report, as JSON
    last_seen TEXT NOT NULL,
    PRIMARY KEY (project, uuid)
);
)sql",

    R"sql(
CREATE TABLE users (
    number   INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,                  -- its hash
    created  TEXT NOT NULL
);
CREATE TABLE sessions (
    hash        TEXT PRIMARY KEY,            -- of what the client sends
    user_number INTEGER NOT NULL REFERENCES users (number),
    created     INTEGER NOT NULL,            -- seconds since 1970
    expires     INTEGER NOT NULL             -- the same
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_number);

CREATE TABLE tokens (
    number  INTEGER PRIMARY KEY,
    hash    TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,                   -- who uses it: a node or a script
    name    TEXT NOT NULL,
    project INTEGER REFERENCES projects (number), -- NULL: it is for every project
    created TEXT NOT NULL
);
)sql"};

constexpr std::size_t kept_backups = 3;

/// Copies the database as it is; the copy has its name once it is whole and durable. Returns its path.
std::filesystem::path back_up(Connection& database, std::filesystem::path const& folder, std::int64_t schema)
{
    make_folder_durably(folder);
    auto const name = "loop-schema-" + std::to_string(schema) + "-" + new_uuid() + ".db";
    auto const file = folder / name;
    auto const begun = folder / (name + ".begun");
    for (auto const& entry : std::filesystem::directory_iterator(folder)) { // of a start that was killed
        if (entry.path().filename().string().find(".begun") != std::string::npos) std::filesystem::remove(entry.path());
    }
    database.copy_into(begun);
    std::filesystem::rename(begun, file);
    sync_folder(folder);
    log::info("the database was copied to {} before it is brought to a newer schema", file.string());
    return file;
}

/// Whether `back_up` has made a file of that name; `id` becomes the UUID in it, which begins with the time.
bool is_backup(std::string_view name, std::string& id)
{
    constexpr std::string_view begin = "loop-schema-";
    constexpr std::string_view end = ".db";
    constexpr std::size_t id_size = 36;
    if (!name.starts_with(begin) || !name.ends_with(end)) return false;
    name.remove_prefix(begin.size());
    name.remove_suffix(end.size());
    if (name.size() < id_size + 2) return false;
    id = name.substr(name.size() - id_size);
    auto const schema = name.substr(0, name.size() - id_size - 1);
    return is_uuid(id) && name[schema.size()] == '-' && parse_whole_number(schema);
}

void remove_old_backups(std::filesystem::path const& folder, std::filesystem::path const& newest)
{
    std::vector<std::pair<std::string, std::filesystem::path>> others; // by their ids
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        std::string id;
        if (entry.path() != newest && is_backup(entry.path().filename().string(), id))
            others.emplace_back(id, entry.path());
    }
    std::ranges::sort(others);
    for (std::size_t i = 0; i + (kept_backups - 1) < others.size(); ++i) std::filesystem::remove(others[i].second);
}

std::int64_t schema_of(Connection& database)
{
    return std::get<std::int64_t>(database.query_one("PRAGMA user_version", {}).value().at(0));
}

constexpr auto newest = static_cast<std::int64_t>(migrations.size());

void refuse_newer(std::int64_t applied)
{
    if (applied <= newest) return;
    throw NewerDatabase("the database was written by a newer version of this program (schema " +
                        std::to_string(applied) + ", this one knows " + std::to_string(newest) +
                        "): start that one, or give this one a folder of its own");
}

} // namespace

void migrate(Connection& database, std::filesystem::path const& backups)
{
    auto const applied = schema_of(database);
    refuse_newer(applied);
    if (applied == newest) return;
    if (applied > 0) {
        auto const made = back_up(database, backups, applied);
        remove_old_backups(backups, made); // also if each start fails here
    }
    Transaction transaction(database); // one for all steps: nobody sees a schema between two programs
    for (auto number = applied; number < newest; ++number)
        database.execute_script(migrations.at(static_cast<std::size_t>(number)));
    database.execute_script("PRAGMA user_version = " + std::to_string(newest));
    transaction.commit();
}

void require_schema(Connection& database)
{
    auto const applied = schema_of(database);
    refuse_newer(applied);
    if (applied < newest)
        throw DatabaseError("the database is of an older version of this program: start its server once, which brings "
                            "it up to date");
}

} // namespace learning_loop::store::sqlite
