#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/server/generator/generated_images.h"
#include "learning_loop/store/project.h"

#include <cstdint>
#include <string>
#include <vector>

namespace learning_loop {

class ModelIntake;
class Pool;
struct PlannedModel;
namespace store {
class ImageIntake;
class ImageRepository;
class ModelRepository;
class TrainingRepository;
} // namespace store

/// What fills a generated project.
struct GeneratorParts {
    store::ImageRepository& images;
    store::ImageIntake& image_intake;
    store::ModelRepository& models;
    store::TrainingRepository& trainings;
    ModelIntake& intake;
    Pool& rendering; ///< Has two threads.
};

/// Fills a project with rendered images and models. What is there already stays.
class ProjectGenerator {
public:
    explicit ProjectGenerator(GeneratorParts const& parts)
        : images_(parts.images),
          image_intake_(parts.image_intake),
          models_(parts.models),
          trainings_(parts.trainings),
          intake_(parts.intake),
          rendering_(parts.rendering)
    {}

    /// Makes them in batches: people see them come, and a shutdown does not wait for the last.
    Task<Result<void>> make_images(store::Project const& project, GeneratedImages const& images);

    /// Whether all models can get the ids that are asked for. `project`: 0 if it is not made yet. Errors: conflict if a
    /// model of another project has one of them; the message names it.
    Task<Result<void>> check_ids(std::int64_t project, std::vector<GeneratorModel> const& models);

    /// Makes the models, in their order, and the trainings that they are of; of a model that is there, the formats that
    /// it lacks. Errors: conflict if a model of another project has the id, or another one of this project the version.
    Task<Result<void>> make_models(store::Project const& project, std::vector<PlannedModel> const& planned);

    /// Chooses the deployment target, unless somebody has chosen one.
    Task<Result<void>> set_target(store::Project const& project, std::string model);

private:
    using Numbers = std::vector<std::size_t>;
    using Rendered = std::vector<GeneratedImage>;

    /// Those of the images from `first` to before `end` that the project does not have.
    Task<Result<Numbers>> find_missing(store::Project const& project, GeneratedImages const& images, std::size_t first,
                                       std::size_t end);
    Task<Result<void>> make_batch(store::Project const& project, GeneratedImages const& images, Numbers numbers);
    Task<Result<Rendered>> render(GeneratedImages const& images, Numbers numbers);

    Task<Result<void>> make_model(store::Project const& project, PlannedModel planned);
    Task<Result<void>> make_training(store::Project const& project, std::string model);

    store::ImageRepository& images_;
    store::ImageIntake& image_intake_;
    store::ModelRepository& models_;
    store::TrainingRepository& trainings_;
    ModelIntake& intake_;
    Pool& rendering_;
};

} // namespace learning_loop
