#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/pool.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace learning_loop {

struct OutboxLimits {
    std::uint64_t max_bytes = 10ull << 30;
    std::uint64_t max_normal_images = 0;       ///< 0: any number.
    std::uint64_t free_disk_bytes = 8ull << 20; ///< Left for others.
};

/// An image that waits for its upload: the folder `outbox/{priority,normal}/<id>` with `image_<id>.json` and
/// `image_<id>.jpg`.
struct OutboxItem {
    std::string id; ///< A UUID, which is the Loop's idempotency key too; a peer that left its folder may have named it
                    ///< otherwise.
    bool priority = false;
    std::uint64_t bytes = 0;

    std::string file_name(std::string_view extension) const { return "image_" + id + std::string(extension); }
};

/// The images on their way to the Loop. What `keep` has answered survives the death of the process and of the machine
/// until the Loop has acknowledged it. Files are touched on a lane; everything else happens on the io thread.
class Outbox {
public:
    /// Takes over what an earlier process left; what was never acknowledged to anybody is swept away.
    Outbox(boost::asio::any_io_executor executor, std::filesystem::path folder, OutboxLimits limits);

    /// Keeps a JPEG and the JSON of its metadata. out_of_space: the disk or the outbox is full of what must not be
    /// dropped. When the limits ask for it, the oldest normal images make room, each of them logged and counted.
    Task<Result<OutboxItem>> keep(std::string jpeg, std::string metadata, bool priority);

    /// Those to upload next: priority ones first, oldest first; normal ones newest first. They stay in the outbox, and
    /// are safe from being dropped until `release`.
    std::vector<OutboxItem> next_batch(std::size_t max_images, std::uint64_t max_bytes);
    void release(std::vector<OutboxItem> const& items);

    Task<> remove(std::vector<OutboxItem> items);       ///< The Loop has them.
    Task<> reject(OutboxItem item, std::string reason); ///< The Loop will never take it: moved to `rejected/<id>`.

    std::filesystem::path folder_of(OutboxItem const& item) const;
    bool empty() const { return normal_.empty() && priority_.empty(); }
    std::size_t images() const { return normal_.size() + priority_.size(); }
    std::uint64_t bytes() const { return bytes_; }
    std::size_t dropped() const { return dropped_; } ///< Since the start.
    Pause& arrival() { return arrival_; }            ///< Woken by every `keep`.

private:
    using Index = std::map<std::string, OutboxItem>; ///< By id, which sorts by age.

    void take_over(std::filesystem::path const& folder, bool priority);
    std::vector<OutboxItem> room_makers(std::uint64_t bytes, bool priority) const;
    bool fits(std::uint64_t bytes, std::size_t normal_images, std::uint64_t freed) const;
    Index& index_of(OutboxItem const& item) { return item.priority ? priority_ : normal_; }
    void forget(OutboxItem const& item);

    std::filesystem::path folder_;
    OutboxLimits limits_;
    Lane files_{"the outbox", Lane::unbounded}; ///< `keep` has its own bound.
    Pause arrival_;
    Index normal_;
    Index priority_;
    std::set<std::string> uploading_;
    std::uint64_t bytes_ = 0;           ///< Of all items, those about to be written included.
    std::uint64_t free_disk_bytes_ = 0; ///< After the last change.
    std::size_t dropped_ = 0;
};

} // namespace learning_loop
