#pragma once

namespace learning_loop::store::sqlite {

/// The step of the schema that brings trainings and nodes; see schema.h.
inline constexpr auto const* trainings_step = R"sql(
ALTER TABLE projects ADD COLUMN hyperparameters TEXT;                -- of its trainings, unless they tell others; JSON

CREATE TABLE trainings (
    number          INTEGER PRIMARY KEY,
    project         INTEGER NOT NULL REFERENCES projects (number),
    training_number INTEGER NOT NULL,        -- from 1, within its project
    state           TEXT NOT NULL,           -- queued, starting, running, completed, aborted or failed
    requested_end   TEXT,                    -- stop or abort
    reason          TEXT,                    -- why it is in this state
    created         TEXT NOT NULL,
    created_by      TEXT NOT NULL,
    begun           TEXT,
    ended           TEXT,
    base_model      TEXT,                    -- the id of the model that it continues
    model_variant   TEXT NOT NULL,
    hyperparameters TEXT NOT NULL,           -- as they are sent to the trainer, as JSON
    wanted_trainer  TEXT,                    -- the id of the only one that may have it
    trainer         TEXT,                    -- the id of the one that has it, or had it last
    trainer_name    TEXT,
    trainer_owner   TEXT,                    -- who that one is logged in as
    architecture    TEXT,
    trainer_state   TEXT,                    -- what it told last while it had the training
    errors          TEXT,                    -- the same, as JSON
    attempts        INTEGER NOT NULL,        -- how often it was given to a trainer
    dataset         TEXT,                    -- the hash of what it trains on
    UNIQUE (project, training_number)
);
CREATE INDEX trainings_by_trainer ON trainings (trainer, number);
CREATE INDEX trainings_open ON trainings (number) WHERE ended IS NULL;
CREATE TABLE training_results (
    number            INTEGER PRIMARY KEY,
    training          INTEGER NOT NULL REFERENCES trainings (number),
    received          TEXT NOT NULL,
    confusion_matrix  TEXT NOT NULL,         -- by the categories' ids, as JSON
    train_image_count INTEGER,
    test_image_count  INTEGER,
    hyperparameters   TEXT NOT NULL,         -- those that the trainer used, as JSON
    best_epoch        INTEGER,
    model             TEXT NOT NULL          -- the id that its model has, or will have
);
CREATE INDEX training_results_by_training ON training_results (training, number);
CREATE INDEX training_results_by_model ON training_results (model);

CREATE TABLE nodes (
    kind      TEXT NOT NULL,                 -- trainer or annotation_node
    id        TEXT NOT NULL,                 -- what it calls itself
    owner     TEXT NOT NULL,                 -- who it logged in as
    status    TEXT NOT NULL,                 -- its newest report, as JSON
    last_seen TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
)sql";

} // namespace learning_loop::store::sqlite
