#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/image_repository.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

/// Small, upright JPEGs of all images, each made once: in the background when its image has come, or at once for
/// whoever asks for it, as for those that were decoded at the door. An image is decoded then for the first time, so
/// this finds out whether its pixels are sound.
class Thumbnails {
public:
    static constexpr int max_side_px = 480;

    /// They lie in `root`, as images in theirs; what is lost there is made again.
    Thumbnails(boost::asio::any_io_executor executor, store::ImageRepository& images, std::filesystem::path root);

    /// Looks at all images that were not looked at yet, until it is cancelled. To be run once.
    Task<> run();
    void wake() { arrival_.wake(); } ///< Images have come.

    /// Where the thumbnail of this image lies. Errors: not_found if the image's pixels are broken, or its file is lost.
    Task<Result<std::filesystem::path>> find(store::ImageRepository::File image);

    /// Looks at those of the images that were not looked at yet.
    Task<Result<void>> check(std::int64_t project, std::vector<std::string> ids);

private:
    using Images = std::vector<store::ImageRepository::File>;

    std::filesystem::path path_of(store::ImageRepository::File const& image) const;
    Pixels make(store::ImageRepository::File const& image) const;
    Pixels make_now(store::ImageRepository::File const& image) const;
    void remove(store::ImageRepository::File const& image) const;
    Task<bool> look_at_some(std::int64_t& after);
    Task<Result<void>> look_at_once(std::int64_t project, std::vector<std::string> ids);
    Task<Result<void>> keep(Images images);

    store::ImageRepository& images_;
    std::filesystem::path root_;
    Pause arrival_;
    Pool at_once_{"the thumbnails that are waited for", 2, 200};
    Lane background_{"the thumbnails", 10};
};

} // namespace learning_loop
