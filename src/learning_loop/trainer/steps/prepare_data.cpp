#include "learning_loop/trainer/steps/prepare_data.h"

#include "learning_loop/node/loop_client.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/trainer/dataset/dataset_download.h"
#include "learning_loop/trainer/dataset/kept_images.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/training/active_training.h"

namespace learning_loop {
namespace {

constexpr auto* step = "prepare";

/// But those of the dataset.
Result<void> remove_other_images(TrainingFolders const& folders)
{
    std::vector<std::string> ids;
    auto take = [&ids](TrainingImage image) -> Result<void> {
        ids.push_back(std::move(image.id));
        return {};
    };
    if (auto const read = read_dataset(folders.dataset, take); !read) return read;
    remove_images_but(folders.images, ids);
    return {};
}

} // namespace

Task<StepOutcome> prepare_data(ActiveTraining& active, StepTools& tools)
{
    auto make = [folders = active.folders, keep_others = tools.keep_old_trainings]() {
        if (!keep_others) remove_other_trainings(folders);
        return make_training_folder(folders);
    };
    auto const made = co_await run_caught(tools.files, std::move(make));
    if (!made) co_return step_failed(made.error());
    LoopClient loop(tools.session, active.record.context);
    DatasetOptions options;
    options.images.trouble = [&tools](std::string const& trouble) { tools.problems.set(step, trouble); };
    DatasetDownload download(loop, tools.images, active.folders.images, std::move(options));
    auto const& wanted = active.record.details.hyperparameters;
    auto progress = [&active, &tools](double done) {
        active.set_progress(done);
        tools.problems.set(step, std::nullopt); // something comes
    };
    auto const counts = co_await download.run(active.folders.dataset, wanted, std::move(progress));
    if (!counts && counts.error().code == Errc::unprocessable)
        co_return StepOutcome{StepOutcome::Kind::given_up, counts.error().message};
    if (!counts) co_return step_failed(counts.error());
    active.record.images = *counts;
    if (tools.identity.detects) co_return StepOutcome(); // afterwards it is known which images the project has
    auto tidy = [folders = active.folders] { return remove_other_images(folders); };
    auto const tidied = co_await run_caught(tools.files, std::move(tidy));
    if (!tidied) co_return step_failed(tidied.error());
    co_return StepOutcome();
}

} // namespace learning_loop
