#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/async/turn.h"
#include "learning_loop/base/error.h"
#include "learning_loop/data/model.h"
#include "learning_loop/http/upload.h"
#include "learning_loop/server/models/model_package.h"
#include "learning_loop/server/models/models_changed.h"
#include "learning_loop/store/new_model.h"
#include "learning_loop/store/project.h"

#include <cstdint>
#include <string>
#include <vector>

namespace learning_loop {

class Lane;
namespace store {
class ModelRepository;
}

/// Where models come in: gives them a version, completes their `model.json` and keeps them as a zip. `packing` is a
/// lane of one thread, so that one model at a time is held in memory twice. The same model again is the same one,
/// however often it comes and how many send it at once; of one that cannot be stored nothing stays. Callers must be on
/// the io thread.
class ModelIntake {
public:
    /// `host` is this Loop's URL, as nodes are told in model.json.
    /// `min_free_bytes` of the disk are left free. `changed` is called when a file of a model was added.
    ModelIntake(store::ModelRepository& models, Lane& packing, std::string host, std::uint64_t min_free_bytes,
                ModelsChanged changed)
        : models_(models),
          packing_(packing),
          host_(std::move(host)),
          min_free_bytes_(min_free_bytes),
          changed_(std::move(changed))
    {}

    /// What follows is to be called while one has the turn: one model at a time is in memory, and nobody is told of a
    /// model that another one is about to store or to give up. Errors: unavailable if too many wait.
    Task<Result<Turn::Held>> wait_for_turn() { return turn_.take(); }

    /// Reads the files of an uploaded model. Errors: those of `read_model_upload`.
    Task<Result<ModelPackage>> read(http::Upload upload);

    /// The model that the package belongs to, as `ModelRepository::reserve` tells; it is durable when it returns. A
    /// comment that is empty is filled in. Errors: those of `reserve`, and unprocessable if the format may not be
    /// called so or an id is no UUID. out_of_space if the disk is full. unavailable if too many wait.
    Task<Result<Model>> add(store::Project project, std::string format, ModelPackage package, store::NewModel wanted);

    /// Adds one more format to a model. Errors as `add`, and not_found if the project has no such model. conflict if it
    /// has another content in that format.
    Task<Result<Model>> add_format(store::Project project, std::string id, std::string format, ModelPackage package);

private:
    Task<Result<Model>> fill(store::Project project, std::string format, ModelPackage package, store::ModelPlace place);
    Task<Result<Model>> give_up(std::filesystem::path zip, store::ModelPlace place, Error reason);
    Task<> remove_half_made();
    Task<Result<bool>> is_stored(std::filesystem::path zip, store::ModelPlace place);

    store::ModelRepository& models_;
    Lane& packing_;
    std::string host_;
    std::uint64_t min_free_bytes_;
    ModelsChanged changed_;
    std::vector<std::string> half_made_; ///< Models whose rows could not be removed, since the disk was full.
    Turn turn_{"the model intake", 20};
};

} // namespace learning_loop
