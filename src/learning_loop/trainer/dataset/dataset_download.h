#pragma once

#include "learning_loop/data/training.h"
#include "learning_loop/trainer/dataset/dataset.h"
#include "learning_loop/trainer/dataset/image_downloads.h"

namespace learning_loop {

struct DatasetOptions {
    ImageDownloadOptions images;
    int max_tries = 5; ///< Of a request for what the Loop knows of images.
    std::chrono::milliseconds first_wait{2000};
    std::chrono::milliseconds max_wait{60'000};
};

/// Brings what a training learns from to this machine: the state `data_downloading`. Memory grows with the number of
/// images by their ids alone.
class DatasetDownload {
public:
    /// `images`: the folder that they come into. `pool`: as ImageDownloads has it.
    DatasetDownload(LoopClient& loop, Pool& pool, std::filesystem::path images, DatasetOptions options = {});

    /// Writes `dataset`, in whose folder it needs as much room again meanwhile, and returns how many images it has.
    /// `progress` is told 0 to 1, on the io thread. When it fails or is cancelled, the images that have come so far
    /// stay, and there is no new file. Errors: unprocessable if the Loop asks for a validation set that cannot be made:
    /// that is for good. out_of_space if the disk is full, or will be by then. invalid_argument if the Loop's answers
    /// are malformed, unavailable if it gives none, and those of its refusals, each after some tries.
    Task<Result<DatasetCounts>> run(std::filesystem::path dataset, Hyperparameters hyperparameters,
                                    std::function<void(double)> progress);

private:
    LoopClient& loop_;
    Pool& pool_;
    ImageDownloads images_;
    DatasetOptions options_;
};

} // namespace learning_loop
