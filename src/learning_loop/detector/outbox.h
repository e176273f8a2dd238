#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"

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

/// An image that waits for its upload: the folder `outbox/{priority,normal}/<id>` with `image_<id>.json` and
/// `image_<id>.jpg`.
struct OutboxItem {
    std::string id; ///< A UUID, which is also the Loop's idempotency key. A folder that another program left may have
                    ///< another name.
    bool priority = false;
    std::uint64_t bytes = 0;

    std::string file_name(std::string_view extension) const { return "image_" + id + std::string(extension); }
};

/// The images on their way to the Loop. An image that `keep` has returned survives the death of the process and of the
/// machine until the Loop has acknowledged it. Files are written and read on a lane; everything else happens on the io
/// thread.
class Outbox {
public:
    /// Takes over what an earlier process left, and deletes what it left half written, of which no client was told.
    /// Blocks.
    Outbox(boost::asio::any_io_executor executor, std::filesystem::path folder, OutboxLimits limits);

    /// Keeps a JPEG and the JSON of its metadata. If the limits require it, the oldest normal images are dropped, each
    /// of them logged and counted. Errors: out_of_space if the disk or the outbox is full of images that must not be
    /// dropped. unavailable if too many images wait to be written.
    Task<Result<OutboxItem>> keep(std::string jpeg, std::string metadata, bool priority);

    /// The images to upload next: priority ones first, oldest first; then normal ones, newest first. The first of them
    /// may be longer than `max_bytes`. They stay in the outbox, and are not dropped before `release`.
    std::vector<OutboxItem> take_batch(std::size_t max_images, std::uint64_t max_bytes);
    void release(std::vector<OutboxItem> const& items);

    /// Deletes images that the Loop has acknowledged.
    Task<> remove(std::vector<OutboxItem> items);

    /// Moves an image that the Loop will never take to `rejected/<id>`.
    Task<> reject(OutboxItem item, std::string reason);

    std::filesystem::path folder_of(OutboxItem const& item) const;
    bool empty() const { return normal_.empty() && priority_.empty(); }
    std::size_t images() const { return normal_.size() + priority_.size(); }
    std::uint64_t bytes() const { return bytes_; }
    std::size_t dropped() const { return dropped_; } ///< Since the start.
    Pause& arrival() { return arrival_; }            ///< Woken by every `keep`.

private:
    using Index = std::map<std::string, OutboxItem>; ///< By id, which sorts by age.

    void take_over(std::filesystem::path const& folder, bool priority);
    std::vector<OutboxItem> images_to_drop_for(OutboxItem const& item) const;
    bool fits(OutboxItem const& item, std::size_t dropped_images, std::uint64_t dropped_bytes) const;
    Index& index_of(OutboxItem const& item) { return item.priority ? priority_ : normal_; }
    void forget(OutboxItem const& item);

    std::filesystem::path folder_;
    OutboxLimits limits_;
    Lane files_{"the outbox", Lane::unbounded}; ///< `keep` has its own limit.
    Pause arrival_;
    Index normal_;
    Index priority_;
    std::set<std::string> uploading_;
    std::uint64_t bytes_ = 0;           ///< Of all items, those about to be written included.
    std::uint64_t free_disk_bytes_ = 0; ///< After the last change.
    std::size_t dropped_ = 0;
};

} // namespace learning_loop
