#pragma once

#include "learning_loop/archive/zip.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/model.h"
#include "learning_loop/http/upload.h"
#include "learning_loop/store/project.h"

#include <cstdint>
#include <string>
#include <vector>

namespace learning_loop {

class Lane;
namespace store {
class ModelRepository;
}

/// Where models come in: gives them a version, corrects their `model.json` and keeps them as a zip. `packing` is a lane
/// of one thread, so that one model at a time is held in memory twice.
class ModelIntake {
public:
    /// `host` is this Loop's URL, as nodes are told in model.json.
    /// `min_free_bytes` of the disk are left free.
    ModelIntake(store::ModelRepository& models, Lane& packing, std::string host, std::uint64_t min_free_bytes)
        : models_(models), packing_(packing), host_(std::move(host)), min_free_bytes_(min_free_bytes)
    {}

    /// Reads the files of an uploaded model. Errors: those of `read_model_upload`.
    Task<Result<std::vector<ZipEntry>>> read(http::Upload upload);

    /// The model is durable when it returns. Errors: unprocessable if `model.json` is no JSON object. conflict if the
    /// id is taken. out_of_space if the disk is full.
    Task<Result<Model>> add(store::Project project, std::string id, std::string format, std::vector<ZipEntry> files);

    std::string const& host() const { return host_; }

private:
    store::ModelRepository& models_;
    Lane& packing_;
    std::string host_;
    std::uint64_t min_free_bytes_;
};

} // namespace learning_loop
