#include "learning_loop/store/sqlite/migrations.h"

#include <array>
#include <string>

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
)sql"};

} // namespace

void migrate(Connection& database)
{
    auto const applied = std::get<std::int64_t>(database.query_one("PRAGMA user_version", {}).value().at(0));
    auto const newest = static_cast<std::int64_t>(migrations.size());
    if (applied > newest) {
        throw DatabaseError("the database was written by a newer version of this program (schema " +
                            std::to_string(applied) + ", this one knows " + std::to_string(newest) +
                            "): start that one");
    }
    for (auto number = applied; number < newest; ++number) {
        Transaction transaction(database);
        database.execute_script(migrations.at(static_cast<std::size_t>(number)));
        database.execute_script("PRAGMA user_version = " + std::to_string(number + 1));
        transaction.commit();
    }
}

} // namespace learning_loop::store::sqlite
