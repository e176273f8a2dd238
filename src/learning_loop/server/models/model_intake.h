#pragma once

#include "learning_loop/archive/zip.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/store/model_repository.h"

#include <string>
#include <vector>

namespace learning_loop {

/// Where models come in: gives them a version, corrects their `model.json` and keeps them as a zip. `packing` is a lane
/// of one thread, so that one model at a time is held in memory twice.
class ModelIntake {
public:
    /// `host` is this Loop's URL, as nodes are told in model.json.
    ModelIntake(store::ModelRepository& models, Lane& packing, std::string host)
        : models_(models), packing_(packing), host_(std::move(host))
    {}

    /// Durable when it returns. unprocessable: the model.json is none. conflict: the id is taken.
    Task<Result<store::Model>> add(store::Project project, std::string id, std::string format,
                                   std::vector<ZipEntry> files);

    Lane& packing() { return packing_; }
    std::string const& host() const { return host_; }

private:
    store::ModelRepository& models_;
    Lane& packing_;
    std::string host_;
};

} // namespace learning_loop
