#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/detector/outbox_files.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

struct OutboxLimits {
    std::uint64_t max_bytes = 10ull << 30;
    std::uint64_t max_normal_images = 0;            ///< 0: any number.
    std::uint64_t min_free_disk_bytes = 8ull << 20; ///< Left for others.
};

/// The images on their way to the Loop. An image that `keep` has returned survives the death of the process and of the
/// machine until the Loop has acknowledged it. Files are written and read on a lane; everything else happens on the io
/// thread.
class Outbox {
public:
    /// Takes over what an earlier process left, and deletes what it left half written, of which no client was told.
    /// Blocks.
    Outbox(boost::asio::any_io_executor executor, std::filesystem::path folder, OutboxLimits limits);

    /// Keeps images, all of them or none. If the limits require it, the oldest normal images are dropped, each of them
    /// logged and counted. Errors: out_of_space if the disk or the outbox is full of images that must not be dropped.
    /// unavailable if too many images wait to be written.
    Task<Result<std::vector<OutboxItem>>> keep(std::vector<NewOutboxImage> images, bool priority);

    /// The images to upload next: priority ones first, oldest first; then normal ones, newest first. The first of them
    /// may be longer than `max_bytes`. They stay in the outbox, and are not dropped before `release`.
    std::vector<OutboxItem> take_batch(std::size_t max_images, std::uint64_t max_bytes);
    void release(std::vector<OutboxItem> const& items);

    /// Deletes images that the Loop has acknowledged.
    Task<> remove(std::vector<OutboxItem> items);

    /// Deletes all images, those that were rejected, too. Errors: unavailable if the disk does not let it.
    Task<Result<void>> clear();

    /// From now on these limits count.
    void limit(OutboxLimits limits) { limits_ = limits; }

    /// Moves an image that the Loop will never take to `rejected/<id>`.
    Task<> reject(OutboxItem item, std::string reason);

    std::filesystem::path folder_of(OutboxItem const& item) const { return files_.folder_of(item); }
    bool empty() const { return normal_.empty() && priority_.empty(); }
    std::size_t images() const { return normal_.size() + priority_.size(); }
    std::uint64_t bytes() const { return bytes_; }
    std::size_t dropped() const { return dropped_; }   ///< Since the start.
    std::size_t rejected() const { return rejected_; } ///< Since the start.
    Pause& arrival() { return arrival_; }              ///< Woken by every `keep`.

private:
    using Index = std::map<std::string, OutboxItem>; ///< By id, which sorts by age.

    /// What images that are to be kept need, or what those that are dropped for them give back.
    struct Room {
        std::size_t normal_images = 0;
        std::uint64_t bytes = 0;
    };

    static Room room_of(std::vector<OutboxItem> const& dropped);
    std::vector<OutboxItem> images_to_drop_for(Room needed) const;
    bool fits(Room needed, Room given_back) const;
    Task<> look_at_the_disk();
    template <class Change>
    Task<Result<void>> change_files(Change change);
    Index& index_of(OutboxItem const& item) { return item.priority ? priority_ : normal_; }
    void forget(OutboxItem const& item);

    OutboxFiles files_;
    OutboxLimits limits_;
    Lane lane_{"the outbox", Lane::unbounded}; ///< Of the files. `keep` has its own limit.
    Pause arrival_;
    Index normal_;
    Index priority_;
    std::set<std::string> uploading_;
    std::uint64_t bytes_ = 0;           ///< Of all items, those about to be written included.
    std::uint64_t free_disk_bytes_ = 0; ///< After the last change.
    std::size_t dropped_ = 0;
    std::size_t rejected_ = 0;
    std::uint64_t clearings_ = 0; ///< How often `clear` was called.
};

} // namespace learning_loop
