#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/image_repository.h"

#include <filesystem>
#include <string>

namespace learning_loop {

/// The Loop but for its socket: its parts in the order of their dependency, which is also the order of their lives.
struct LoopParts {
    /// Opens what is in `folder`, or begins it, and adds the routes to `router`, which must not answer any more once
    /// the parts are gone. `url` is where nodes reach this Loop.
    LoopParts(http::Router& router, Metrics& metrics, std::filesystem::path const& folder, std::string const& url);

    store::BlobFiles files;
    store::DatabaseLanes database;
    store::ProjectRepository projects{database};
    store::ImageRepository images{database, files};
    store::ModelRepository models;
    store::DetectorRepository detectors{database};
    Pool checking{"the image check", 2, 100};
    Pool rendering{"the image generator", 2, 20};
    Lane packing{"the model intake", 20};
    ModelIntake intake;
    http::Health health;
};

} // namespace learning_loop
