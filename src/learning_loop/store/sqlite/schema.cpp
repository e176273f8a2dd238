#include "learning_loop/store/sqlite/schema.h"

#include "learning_loop/store/sqlite/trainings_step.h"

#include <array>

namespace learning_loop::store::sqlite {
namespace {

// Numbered from 1 in this order; a step that was released is never edited.
constexpr std::array steps{
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
)sql",

    R"sql(
-- A project of the same name may come after one that was deleted: each has a folder of its own.
ALTER TABLE projects ADD COLUMN folder TEXT NOT NULL DEFAULT '';     -- of its files, below images/ and its siblings
UPDATE projects SET folder = organization || '/' || name;
ALTER TABLE projects ADD COLUMN removed TEXT;                        -- when it was deleted; its rows go bit by bit
ALTER TABLE projects ADD COLUMN test_percent INTEGER NOT NULL DEFAULT 20; -- of the images that come
ALTER TABLE projects ADD COLUMN val_percent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX projects_removed ON projects (number) WHERE removed IS NOT NULL;
CREATE INDEX categories_by_id ON categories (id);

ALTER TABLE images ADD COLUMN pixels TEXT NOT NULL DEFAULT 'unchecked'; -- unchecked, sound or broken
ALTER TABLE images ADD COLUMN remarks TEXT;                          -- what was set aside when it came, as JSON
ALTER TABLE images ADD COLUMN novelty REAL;
ALTER TABLE images ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;   -- of its annotations: how often they were replaced
ALTER TABLE images ADD COLUMN annotated TEXT;                        -- when they were replaced last
ALTER TABLE images ADD COLUMN annotated_by TEXT;
DROP INDEX images_by_state;
DROP INDEX images_by_project;
CREATE INDEX images_by_state ON images (project, state, number, pixels, id); -- lists of ids read nothing else
CREATE INDEX images_by_project ON images (project, number, pixels, id);
CREATE INDEX images_unchecked ON images (number) WHERE pixels = 'unchecked';
CREATE INDEX images_broken ON images (project, pixels) WHERE pixels = 'broken'; -- as SQLite takes it for a count
CREATE INDEX annotations_by_category ON annotations (category_id);
CREATE INDEX image_tags_by_tag ON image_tags (tag);
ALTER TABLE annotations ADD COLUMN shape TEXT;                       -- x1,y1,x2,y2,...

CREATE TABLE removed_images (
    project INTEGER NOT NULL REFERENCES projects (number),
    id      TEXT NOT NULL,
    removed TEXT NOT NULL,
    PRIMARY KEY (project, id)
) WITHOUT ROWID;
CREATE TABLE file_removals (
    path TEXT PRIMARY KEY                    -- of a file or a folder whose row is gone, below the data folder
) WITHOUT ROWID;

ALTER TABLE models ADD COLUMN major INTEGER NOT NULL DEFAULT 0;      -- of the version, to order by
ALTER TABLE models ADD COLUMN minor INTEGER NOT NULL DEFAULT 0;
UPDATE models SET major = CAST(version AS INTEGER), minor = CAST(substr(version, instr(version, '.') + 1) AS INTEGER);
ALTER TABLE models ADD COLUMN parent TEXT;                           -- the id of the model that it continues
ALTER TABLE models ADD COLUMN idempotency_key TEXT;                  -- of the upload that made it
ALTER TABLE models ADD COLUMN model_json TEXT;                       -- that of its first format
ALTER TABLE models ADD COLUMN remarks TEXT;                          -- what was corrected when it came, as JSON
ALTER TABLE models ADD COLUMN removed TEXT;                          -- when it was deleted; its version stays taken
CREATE INDEX models_by_version ON models (project, major, minor);
CREATE UNIQUE INDEX models_by_key ON models (project, idempotency_key) WHERE idempotency_key IS NOT NULL;
ALTER TABLE model_files ADD COLUMN content_hash TEXT;                -- of the files as they were uploaded
CREATE INDEX model_files_by_content ON model_files (content_hash);

CREATE TABLE begun_model_files (                                      -- while one more format of a model is written
    model  TEXT NOT NULL,
    format TEXT NOT NULL,
    path   TEXT NOT NULL,                    -- of its file, below models/
    PRIMARY KEY (model, format)
) WITHOUT ROWID;

CREATE TABLE target_history (
    number    INTEGER PRIMARY KEY,
    project   INTEGER NOT NULL REFERENCES projects (number),
    model     TEXT,                          -- NULL: no model any more
    version   TEXT,
    chosen    TEXT NOT NULL,
    chosen_by TEXT NOT NULL,
    back_to   INTEGER                        -- the number of the row that this one went back to
);
CREATE INDEX target_history_by_project ON target_history (project, number);
INSERT INTO target_history (project, model, version, chosen, chosen_by)
    SELECT projects.number, models.id, models.version, projects.changed, 'nobody'
    FROM projects JOIN models ON models.id = projects.target;
)sql",

    trainings_step};

} // namespace

std::span<char const* const> schema_steps()
{
    return steps;
}

} // namespace learning_loop::store::sqlite
