#pragma once

#include "learning_loop/trainer/dataset/image_downloads.h"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <optional>

namespace learning_loop {

/// One call of ImageDownloads::fetch. Each of its workers takes an image after the other, as soon as the pace, the
/// memory and the disk allow one more. What it refers to must outlive it.
class ImageRun {
public:
    ImageRun(boost::asio::any_io_executor executor, LoopClient& loop, Pool& pool, std::filesystem::path const& folder,
             ImageDownloadOptions const& options, std::vector<std::string> const& ids,
             std::function<void(std::size_t, std::size_t)> progress);

    Task<Result<void>> check_kept();   ///< Finds out which are there.
    Task<Result<void>> fetch_others(); ///< Downloads the others.
    std::vector<ImageFate> fates() { return std::move(fates_); }

private:
    using Time = DownloadPace::Time;

    /// An image that is to be downloaded.
    struct Wanted {
        std::size_t index = 0;
        int tries = 0;
        bool was_broken = false;
        std::size_t max_bytes = 0; ///< As many were reserved for it.
    };

    Task<bool> check_in_turns();
    Task<bool> download_in_turns();
    Task<std::optional<Wanted>> next();
    Task<> download(Wanted wanted);
    Task<> keep(Wanted wanted, std::string bytes);
    void take_failure(Wanted wanted, Error const& failure, Time begun);
    void take_broken(Wanted wanted, Error const& failure);
    void settle(std::size_t index, ImageFate fate);
    void settle_kept(std::size_t index, std::uintmax_t bytes);
    void give_up(Error why);
    Result<void> check_room(std::uintmax_t free) const;
    bool is_over() const { return failure_ || (waiting_.empty() && running_ == 0); }
    bool one_can_start() const;

    LoopClient& loop_;
    Pool& pool_;
    std::filesystem::path const& folder_;
    ImageDownloadOptions const& options_;
    std::vector<std::string> const& ids_;
    std::function<void(std::size_t, std::size_t)> progress_;

    std::vector<ImageFate> fates_;
    std::size_t done_ = 0;
    std::size_t checked_ = 0; ///< Images that a check was begun of.
    std::deque<Wanted> waiting_;
    std::uintmax_t kept_bytes_ = 0; ///< Of the images that are there.
    std::size_t kept_ = 0;

    DownloadPace pace_;
    int running_ = 0;
    std::size_t reserved_bytes_ = 0; ///< Memory that those that run may take.
    std::size_t max_image_bytes_;    ///< Of the next download; more, once an image has more.
    std::size_t given_up_ = 0;       ///< Images, after their last try.
    std::size_t corrupt_ = 0;
    std::optional<Error> last_problem_;
    std::optional<Error> failure_;      ///< Why all of it ends early.
    boost::asio::steady_timer changed_; ///< Never expires; cancelled to wake workers that wait.
};

} // namespace learning_loop
