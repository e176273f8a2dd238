#include "learning_loop/trainer/dataset/impl/image_run.h"

#include "learning_loop/async/all.h"
#include "learning_loop/async/running_task.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/trainer/dataset/kept_images.h"

#include <boost/asio/as_tuple.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

constexpr std::size_t checks_per_job = 50;
constexpr std::size_t usual_image_bytes = std::size_t{8} << 20; // most images have less
constexpr std::size_t enough_for_a_mean = 20;
constexpr std::size_t max_told = 10; // in the log, of what may be said of every image

std::string gigabytes(double bytes)
{
    return fmt::format("{:.1f} GB", bytes / 1e9);
}

} // namespace

ImageRun::ImageRun(asio::any_io_executor executor, LoopClient& loop, Pool& pool, std::filesystem::path const& folder,
                   ImageDownloadOptions const& options, std::vector<std::string> const& ids,
                   std::function<void(std::size_t, std::size_t)> progress)
    : loop_(loop),
      pool_(pool),
      folder_(folder),
      options_(options),
      ids_(ids),
      progress_(std::move(progress)),
      fates_(ids.size(), ImageFate::missing),
      pace_(options.pace),
      max_image_bytes_(usual_image_bytes),
      changed_(std::move(executor), asio::steady_timer::time_point::max())
{}

Task<Result<void>> ImageRun::check_kept()
{
    std::vector<Task<bool>> checks;
    for (int i = 0; i < options_.checks_at_once; ++i) checks.push_back(check_in_turns());
    co_await all(std::move(checks));
    if (failure_) co_return *failure_;
    co_return Result<void>();
}

Task<bool> ImageRun::check_in_turns()
{
    while (!failure_ && checked_ < ids_.size()) {
        auto const first = checked_;
        auto const some = std::span(ids_).subspan(first, std::min(checks_per_job, ids_.size() - first));
        checked_ += some.size();
        auto check = [folder = folder_, some] { return check_kept_images(folder, some); };
        auto const bytes = co_await pool_.run(std::move(check));
        if (!bytes) {
            give_up(bytes.error());
            break;
        }
        for (std::size_t i = 0; i < bytes->size(); ++i) settle_kept(first + i, (*bytes)[i]);
    }
    co_return true;
}

void ImageRun::settle_kept(std::size_t index, std::uintmax_t bytes)
{
    if (bytes == 0) return waiting_.push_back(Wanted{index});
    kept_bytes_ += bytes;
    ++kept_;
    settle(index, ImageFate::there);
}

Task<Result<void>> ImageRun::fetch_others()
{
    auto free = [this] { return Result<std::uintmax_t>(options_.free_bytes(folder_)); };
    auto const free_bytes = co_await pool_.run(std::move(free));
    if (!free_bytes) co_return free_bytes.error();
    if (auto const room = check_room(*free_bytes); !room) co_return room.error();
    std::vector<Task<bool>> workers;
    auto const count = std::min<std::size_t>(static_cast<std::size_t>(options_.pace.max_at_once), waiting_.size());
    for (std::size_t i = 0; i < count; ++i) workers.push_back(download_in_turns());
    co_await all(std::move(workers));
    if (failure_) co_return *failure_;
    if (given_up_ > 0) {
        co_return Error{Errc::unavailable, std::to_string(given_up_) + " of " + std::to_string(ids_.size()) +
                                               " images cannot be downloaded now: " + last_problem_->message};
    }
    co_return Result<void>();
}

Task<bool> ImageRun::download_in_turns()
{
    for (;;) {
        auto const wanted = co_await next();
        if (!wanted) co_return true;
        co_await download(*wanted);
        --running_;
        reserved_bytes_ -= wanted->max_bytes;
    }
}

bool ImageRun::one_can_start() const
{
    bool const fits = reserved_bytes_ + max_image_bytes_ <= options_.max_bytes_at_once || running_ == 0;
    return !waiting_.empty() && running_ < pace_.at_once() && fits;
}

/// Waits until one more download may begin, and takes it. nullopt: there is none any more.
Task<std::optional<ImageRun::Wanted>> ImageRun::next()
{
    while (!is_over()) {
        if (!one_can_start()) {
            co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
        } else if (DownloadPace::Time::clock::now() < pace_.not_before()) {
            about_to_wait_for("the Loop, which had no image for us");
            asio::steady_timer timer(changed_.get_executor(), pace_.not_before());
            co_await timer.async_wait(asio::use_awaitable);
        } else {
            auto wanted = waiting_.front();
            waiting_.pop_front();
            wanted.max_bytes = max_image_bytes_;
            reserved_bytes_ += wanted.max_bytes;
            ++running_;
            if (one_can_start()) changed_.cancel_one();
            co_return wanted;
        }
    }
    changed_.cancel();
    co_return std::nullopt;
}

Task<> ImageRun::download(Wanted wanted)
{
    auto const begun = DownloadPace::Time::clock::now();
    auto bytes = co_await loop_.download_image(ids_[wanted.index], wanted.max_bytes);
    if (bytes) {
        pace_.succeeded(begun);
        co_await keep(wanted, std::move(*bytes));
    } else if (bytes.error().code == Errc::not_found) {
        pace_.succeeded(begun);
        settle(wanted.index, ImageFate::missing);
    } else if (bytes.error().code != Errc::too_large) {
        take_failure(wanted, bytes.error(), begun);
    } else if (wanted.max_bytes < loop_api::max_image_bytes) { // fewer at once from now on, so that they fit in memory
        max_image_bytes_ = std::max(max_image_bytes_, std::min(2 * wanted.max_bytes, loop_api::max_image_bytes));
        waiting_.push_front(wanted);
    } else {
        take_broken(wanted, bytes.error());
    }
}

Task<> ImageRun::keep(Wanted wanted, std::string bytes)
{
    auto const size = bytes.size();
    auto keep = [this, id = ids_[wanted.index], bytes = std::move(bytes)]() -> Result<std::uintmax_t> {
        if (auto const kept = keep_image(folder_, id, bytes); !kept) return kept.error();
        return options_.free_bytes(folder_);
    };
    auto const kept = co_await pool_.run(std::move(keep));
    if (kept) {
        settle_kept(wanted.index, size);
        if (auto const room = check_room(*kept); !room) give_up(room.error());
    } else if (kept.error().code == Errc::invalid_argument || kept.error().code == Errc::too_large) {
        take_broken(wanted, kept.error());
    } else {
        give_up(kept.error());
    }
}

void ImageRun::take_failure(Wanted wanted, Error const& failure, Time begun)
{
    pace_.failed(begun, Time::clock::now(), loop_.asked_wait());
    if (options_.trouble) options_.trouble(failure.message);
    last_problem_ = failure;
    if (pace_.failures_in_a_row() >= options_.max_failures)
        return give_up({Errc::unavailable, "the images cannot be downloaded now: " + failure.message});
    if (++wanted.tries < options_.max_tries) waiting_.push_back(wanted);
    else ++given_up_; // the others go on: what has come by the next call need not be asked for then
}

void ImageRun::take_broken(Wanted wanted, Error const& failure)
{
    if (!std::exchange(wanted.was_broken, true)) return waiting_.push_back(wanted);
    if (corrupt_++ < max_told) log::warn("image {} is left out: {}", ids_[wanted.index], failure.message);
    settle(wanted.index, ImageFate::corrupt);
}

void ImageRun::settle(std::size_t index, ImageFate fate)
{
    fates_[index] = fate;
    ++done_;
    if (progress_) progress_(done_, ids_.size());
}

void ImageRun::give_up(Error why)
{
    if (!failure_) failure_ = std::move(why);
}

/// Whether the rest will fit on the disk, if its images are as large as the others.
Result<void> ImageRun::check_room(std::uintmax_t free) const
{
    auto const usable = free > options_.reserved_disk_bytes ? free - options_.reserved_disk_bytes : 0;
    auto const left = ids_.size() - done_;
    auto const mean = kept_ < enough_for_a_mean ? 0 : static_cast<double>(kept_bytes_) / static_cast<double>(kept_);
    auto const needed = mean * static_cast<double>(left);
    if (left == 0 || (usable > 0 && needed <= static_cast<double>(usable))) return {};
    auto const how_much = mean == 0 ? std::string() : " of some " + gigabytes(needed);
    return Error{Errc::out_of_space,
                 fmt::format("{} images{} do not fit on the disk of {}, where {} are free and {} must stay free: free "
                             "some space, or name a folder on a larger disk with --data-folder (DATA_FOLDER)",
                             left, how_much, folder_.string(), gigabytes(static_cast<double>(free)),
                             gigabytes(static_cast<double>(options_.reserved_disk_bytes)))};
}

} // namespace learning_loop
