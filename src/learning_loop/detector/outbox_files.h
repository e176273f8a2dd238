#pragma once

#include "learning_loop/base/bytes.h"
#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// An image that waits for its upload: the folder `outbox/{priority,normal}/<id>` with `image_<id>.json` and
/// `image_<id>.jpg`.
struct OutboxItem {
    std::string id; ///< A UUID, which is also the Loop's idempotency key. A folder that another program left may have
                    ///< another name.
    bool priority = false;
    std::uint64_t bytes = 0;

    std::string file_name(std::string_view extension) const { return "image_" + id + std::string(extension); }
};

/// An image that is to be kept.
struct NewOutboxImage {
    Bytes jpeg;
    std::string metadata; ///< JSON.
};

/// The files of an Outbox: `outbox/{priority,normal,rejected}`, and `tmp`, in which nothing counts. Blocks.
class OutboxFiles {
public:
    /// Makes the folders, and deletes what an earlier process left half written, of which no client was told.
    explicit OutboxFiles(std::filesystem::path folder);

    /// The images that are there. What is none is named in the log and left where it is.
    std::vector<OutboxItem> find(bool priority) const;

    /// Writes images, each under the item at its place; they are durable when it returns. After a failure none of them
    /// is there; after a crash each is there as a whole or not at all. Errors: out_of_space if the disk is full.
    Result<void> write(std::vector<OutboxItem> const& items, std::vector<NewOutboxImage> const& images) const;

    void erase(OutboxItem const& item) const;

    /// Moves the image to `rejected/<id>`, with the reason; the oldest of many there are deleted. Errors: out_of_space.
    Result<void> reject(OutboxItem const& item, std::string const& reason) const;

    /// Deletes all images, those that were rejected, too. Errors: unavailable if the disk does not let it.
    Result<void> clear() const;

    std::filesystem::path folder_of(OutboxItem const& item) const;
    std::uint64_t free_bytes() const; ///< Of the disk.

private:
    std::filesystem::path staged(OutboxItem const& item) const { return folder_ / "tmp" / item.id; }
    void prune_rejected() const;

    std::filesystem::path folder_;
};

} // namespace learning_loop
