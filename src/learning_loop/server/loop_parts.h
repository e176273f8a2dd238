#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project_repository.h"

#include <filesystem>
#include <string>

namespace learning_loop {

class Runner;

/// What the Loop consists of, in the order of its dependency, which is also the order of its life.
class LoopParts final : public Parts {
public:
    /// Opens what is in `data_folder`, or begins it, and adds the routes to the runner's router. They must not be asked
    /// for any more once the parts are gone. Blocks; throws DatabaseError.
    LoopParts(Runner& runner, std::filesystem::path const& data_folder);

private:
    std::string url_;
    store::BlobFiles files_;
    store::DatabaseLanes database_;
    store::ProjectRepository projects_{database_};
    store::ImageRepository images_{database_, files_};
    store::ModelRepository models_;
    store::DetectorRepository detectors_{database_};
    Pool checking_{"the image check", 2, 100};
    Pool rendering_{"the image generator", 2, 20};
    Lane packing_{"the model intake", 20};
    ModelIntake intake_{models_, packing_, url_};
};

} // namespace learning_loop
