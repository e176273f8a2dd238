#pragma once

#include "learning_loop/annotator/image_folder.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/async/turns.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/node/loop_session.h"

#include <opencv2/core/mat.hpp>

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <string>

namespace learning_loop {

struct ShownImageOptions {
    std::filesystem::path data_folder;
    std::uint64_t disk_bytes = 0;   ///< Most bytes of images in the data folder.
    std::uint64_t memory_bytes = 0; ///< Most bytes of decoded images; the last one stays in any case.
    ImageLimits limits;
};

/// The images that people draw on: in memory, else in the data folder, else fetched from the Loop. To be used on the io
/// thread.
class ShownImages {
public:
    using Image = std::shared_ptr<cv::Mat const>; // shared: with those who draw on it while others push it out

    ShownImages(LoopSession& session, ShownImageOptions options); ///< Blocks.

    /// The upright image, 8 bit BGR. Errors: invalid_argument if it is none that we decode. Those of LoopSession::ask,
    /// not_found if the Loop has no such image, unavailable for any other answer or if the disk refuses, out_of_space
    /// if it is full. The names must be as is_name and is_uuid know them.
    Task<Result<Image>> load(Context project, std::string image_id);

    std::size_t count() const { return images_.size(); } ///< Images in memory.
    std::uint64_t bytes() const { return bytes_; }       ///< Of these.

private:
    struct Entry {
        std::string key;
        Image image;
    };

    Image find(std::string const& key);
    Task<Result<std::filesystem::path>> provide(Context project, std::string image_id);
    Task<Result<void>> fetch(Context project, std::string image_id, std::filesystem::path file);
    Task<Result<Image>> decode(std::filesystem::path file);
    void keep(std::string key, Image image);

    LoopSession& session_;
    ShownImageOptions options_;
    ImageFolder folder_;      ///< Used by the jobs of `disk_` alone.
    std::list<Entry> images_; ///< The last used is first.
    std::uint64_t bytes_ = 0;
    Turns turns_; ///< Of each image: those who wait for the same one find it then.
    Lane disk_{"images of the annotator"};
};

} // namespace learning_loop
