#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/base/files.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/trainer/dataset/download_pace.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace learning_loop {

struct ImageDownloadOptions {
    DownloadPaceOptions pace; ///< The client of the session must allow as many calls at once.
    int max_tries = 5;        ///< Of one image.
    int max_failures = 7;     ///< In a row, of all images: two to four minutes in which nothing comes.
    int checks_at_once = 4;   ///< Of images that are there already.
    std::size_t max_bytes_at_once = std::size_t{512} << 20;        ///< Of images in memory.
    std::uintmax_t reserved_disk_bytes = std::uint64_t{256} << 20; ///< That are left free.
    std::function<void(std::string const&)> trouble{}; ///< Told of what keeps images away for now; may be empty.
    std::function<std::uintmax_t(std::filesystem::path const&)> free_bytes = &learning_loop::free_bytes;
};

/// What became of an image that was wanted.
enum class ImageFate {
    there,
    corrupt, ///< The Loop has no whole JPEG or PNG of it.
    missing  ///< The Loop does not have it.
};

/// Brings images of a project into a folder, as `<id>.jpg`; see kept_images.h. Those that are there and whole are kept;
/// the others are downloaded, many at once. A broken one is fetched once more before it counts as corrupt, since the
/// way here may have damaged it.
class ImageDownloads {
public:
    /// `pool` must take as many jobs as there are downloads and checks at once.
    ImageDownloads(LoopClient& loop, Pool& pool, std::filesystem::path folder, ImageDownloadOptions options = {});

    /// Returns what became of each of the images, in their order. `progress` is told how many are done, of how many,
    /// on the io thread. When it fails or is cancelled, what has come so far stays, and the next call goes on from
    /// there. Errors: unavailable if images cannot be had now, after some tries of each. out_of_space if the disk is
    /// full, or will be by then.
    Task<Result<std::vector<ImageFate>>> fetch(std::vector<std::string> ids,
                                               std::function<void(std::size_t, std::size_t)> progress);

private:
    LoopClient& loop_;
    Pool& pool_;
    std::filesystem::path folder_;
    ImageDownloadOptions options_;
};

} // namespace learning_loop
