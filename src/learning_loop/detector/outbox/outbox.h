#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/detector/outbox/group_writer.h"
#include "learning_loop/detector/outbox/outbox_files.h"
#include "learning_loop/detector/outbox/waiting_images.h"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

struct OutboxLimits {
    std::uint64_t max_bytes = 10ull << 30;
    std::uint64_t max_normal_images = 0;            ///< 0: any number.
    std::uint64_t min_free_disk_bytes = 8ull << 20; ///< Left for others.
    std::uint64_t max_rejected_bytes = 1ull << 30;
};

/// The images on their way to the Loop. An image that `keep` has returned survives the death of the process and of the
/// machine until the Loop has acknowledged it. Files are written on one lane and let go on another; everything else
/// happens on the io thread.
class Outbox {
public:
    /// Takes over what an earlier process left, and deletes what it left half written, of which no client was told.
    /// Blocks.
    Outbox(boost::asio::any_io_executor executor, std::filesystem::path folder, OutboxLimits limits,
           Disk& disk = real_disk());

    /// Keeps images, all of them or none. If the limits require it, the oldest normal images are dropped, each of them
    /// logged and counted. Errors: out_of_space if the disk fails, or it or the outbox is full of images that must not
    /// be dropped. unavailable if too many images wait to be written.
    Task<Result<std::vector<OutboxItem>>> keep(std::vector<NewOutboxImage> images, bool priority);

    /// The images to upload next, in the order of WaitingImages; the first may be longer than `max_bytes`. They stay in
    /// the outbox, and are not dropped before `release`.
    std::vector<OutboxItem> take_batch(std::size_t max_images, std::uint64_t max_bytes)
    {
        return waiting_.take(max_images, max_bytes);
    }
    void release(std::vector<OutboxItem> const& items) { waiting_.release(items); }

    /// To be called before images are sent: see `settle_date`. Returns those that may be sent.
    Task<std::vector<OutboxItem>> settle_dates(std::vector<OutboxItem> items);

    /// Deletes images that the Loop has acknowledged.
    Task<> remove(std::vector<OutboxItem> items);

    /// Deletes all images, those that were rejected, too. Errors: unavailable if the disk does not let it.
    Task<Result<void>> clear();

    /// From now on these limits count.
    void limit(OutboxLimits limits);

    /// Moves an image that the Loop will never take to `rejected/<id>`.
    Task<> reject(OutboxItem item, std::string reason);

    /// Lets an image that was rejected wait for its upload again, without priority. Errors: not_found if none of that
    /// name was rejected; invalid_argument if it is no image; out_of_space if the limits leave no room for it;
    /// unavailable if the disk does not let it.
    Task<Result<void>> requeue(std::string id);

    enum class Which { any, rejected };

    /// Deletes images, also while they are uploaded. Returns the ids of which there are none. Errors: unavailable if
    /// the disk does not let it.
    Task<Result<std::vector<std::string>>> drop(std::vector<std::string> ids, Which which);

    std::filesystem::path folder_of(OutboxItem const& item) const { return files_.folder_of(item); }
    bool empty() const { return images() == 0; }
    std::size_t images() const { return waiting_.images(); }
    std::uint64_t bytes() const { return waiting_.bytes() + being_written_.bytes; }
    std::size_t dropped() const { return dropped_; }   ///< Since the start.
    std::size_t rejected() const { return rejected_; } ///< Since the start.
    RejectedImages const& rejected_images() const { return files_.rejected(); }
    Pause& arrival() { return arrival_; } ///< Woken by every `keep`.

private:
    /// What images that are to be kept need, or what those that are dropped for them give back.
    struct Room {
        std::size_t normal_images = 0;
        std::uint64_t bytes = 0;
    };
    class BeingWritten;

    static Room room_of(std::vector<OutboxItem> const& dropped);
    std::vector<OutboxItem> images_to_drop_for(Room needed) const;
    bool fits(Room needed, Room given_back) const;
    bool is_within_limits(Room needed, Room given_back) const;
    Task<> look_at_the_disk();
    void keep_after_all(std::vector<OutboxItem> const& images);
    template <class Change>
    Task<Result<void>> change_files(Lane& lane, Change change);

    OutboxFiles files_;
    GroupWriter writer_{files_};
    OutboxLimits limits_;
    Lane writing_{"the outbox", Lane::unbounded};            ///< `keep` has its own limit.
    Lane leaving_{"images that have left", Lane::unbounded}; ///< Bounded by the images. So no client waits for them.
    Pause arrival_;
    WaitingImages waiting_;
    Room being_written_;
    std::atomic<std::uint64_t> free_disk_bytes_ = 0; ///< After the last change.
    std::size_t dropped_ = 0;
    std::size_t rejected_ = 0;
    std::uint64_t clearings_ = 0; ///< How often `clear` was called.
};

} // namespace learning_loop
