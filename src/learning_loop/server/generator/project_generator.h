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
namespace store {
class ImageRepository;
}

/// Fills a project with rendered images and models. What is there already stays.
class ProjectGenerator {
public:
    /// `rendering` has two threads.
    ProjectGenerator(store::ImageRepository& images, ModelIntake& models, Pool& rendering)
        : images_(images), models_(models), rendering_(rendering)
    {}

    /// Makes them in batches: people see them come, and a shutdown does not wait for the last.
    Task<Result<void>> make_images(store::Project const& project, GeneratedImages const& images);

    /// Makes as many models as `count` trainings would have left, in a format that no detector runs.
    Task<Result<void>> make_models(store::Project const& project, std::int64_t count);

private:
    using Numbers = std::vector<std::size_t>;
    using Rendered = std::vector<GeneratedImage>;

    /// Those of the images from `first` to before `end` that the project does not have.
    Task<Result<Numbers>> find_missing(store::Project const& project, GeneratedImages const& images, std::size_t first,
                                       std::size_t end);
    Task<Result<void>> make_batch(store::Project const& project, GeneratedImages const& images, Numbers numbers);
    Task<Result<Rendered>> render(GeneratedImages const& images, Numbers numbers);

    store::ImageRepository& images_;
    ModelIntake& models_;
    Pool& rendering_;
};

} // namespace learning_loop
