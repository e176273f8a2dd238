#pragma once

#include "learning_loop/base/bytes.h"
#include "learning_loop/base/error.h"
#include "learning_loop/detector/outbox/disk.h"
#include "learning_loop/detector/outbox/image_dates.h"
#include "learning_loop/detector/outbox/image_folder.h"
#include "learning_loop/detector/outbox/rejected_images.h"

#include <cstdint>
#include <filesystem>
#include <optional>
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
    std::string camera = {}; ///< Empty: unknown, as after a restart.

    std::string file_name(std::string_view extension) const { return image_file_name(id, extension); }
};

/// An image that is to be kept.
struct NewOutboxImage {
    Bytes jpeg;
    std::string metadata; ///< JSON.
    std::string camera = {};
    std::optional<ClockMark> undated = {}; ///< When it was dated by a clock that nobody had set.
};

/// What is kept together: all of it or nothing.
struct OutboxWrite {
    std::vector<OutboxItem> dropped; ///< To make room.
    std::vector<OutboxItem> items;
    std::vector<NewOutboxImage> images; ///< At the place of its item.
    bool has_dropped = false;           ///< Whether those have been deleted.
};

/// What became of images that were to be dropped.
struct OutboxDrop {
    std::vector<std::string> unknown; ///< There are no such images.
    std::vector<OutboxItem> left;     ///< The disk did not let go of them.
    std::optional<std::string> failure;
};

/// The files of an Outbox: `outbox/{priority,normal,rejected}`, and `tmp`, in which nothing counts. An image is written
/// and synced in `tmp` and then, in one step, renamed to its place, so that after a power cut it is there as a whole or
/// not at all. Blocks. One thread may write while another lets images leave (erase, reject, settle_dates, rejected).
class OutboxFiles {
public:
    /// Makes the folders, and deletes what an earlier process left half written, of which no client was told.
    OutboxFiles(std::filesystem::path folder, std::uint64_t max_rejected_bytes, Disk& disk);

    /// The images that are there. What is none is moved to `rejected`.
    std::vector<OutboxItem> find(bool priority);

    /// Writes what several requests keep, with the same syncs; durable when it returns. After a failure nothing of it
    /// is there; what is to be dropped is there unless the disk was full. Errors: out_of_space if the disk is full or
    /// fails.
    Result<void> write(std::vector<OutboxWrite*> const& writes);

    /// Needs not be durable: an image that comes back is uploaded again, under the same idempotency key.
    void erase(OutboxItem const& item);

    /// Moves the image to `rejected/<id>`, with the reason.
    void reject(OutboxItem const& item, std::string const& reason);

    /// The item that a rejected image becomes if it is to wait again. Errors: not_found if there is none of that name;
    /// invalid_argument if it is no image.
    Result<OutboxItem> find_rejected(std::string const& name) const;

    /// Moves such an image to where it waits again, durably. Errors: not_found; unavailable if the disk does not let
    /// it.
    Result<void> requeue(OutboxItem const& item);

    /// Deletes images that wait, and rejected ones by their names, durably.
    OutboxDrop drop(std::vector<OutboxItem> const& items, std::vector<std::string> const& rejected);

    /// Calls `settle_date` for each. Returns those that may be sent.
    std::vector<OutboxItem> settle_dates(std::vector<OutboxItem> const& items, Moment const& now);

    void clear_waiting(); ///< Deletes all images, but for those that were rejected.

    RejectedImages& rejected() { return rejected_; }
    RejectedImages const& rejected() const { return rejected_; }
    std::filesystem::path folder_of(OutboxItem const& item) const;
    std::uint64_t free_bytes() const; ///< Of the disk.

private:
    struct Staged { ///< What was written in `tmp`.
        std::vector<std::filesystem::path> files;
        std::vector<std::filesystem::path> folders;
    };

    std::filesystem::path const& make_folders();
    void sweep(std::filesystem::path const& left);
    Result<void> write_or_clean_up(std::vector<OutboxWrite*> const& writes);
    bool drop_old(std::vector<OutboxWrite*> const& writes);
    Result<void> write_and_sync(std::vector<OutboxWrite*> const& writes);
    Result<void> write_item(OutboxItem const& item, NewOutboxImage const& image, Staged& staged_paths);
    void remove_what_is_left(std::vector<OutboxWrite*> const& writes) noexcept;
    void discard(OutboxItem const& item);
    std::optional<std::string> what_is_wrong(Disk::Entry const& entry, OutboxItem& item) const;
    void put_aside(std::filesystem::path const& stranger, std::string const& wrong);
    std::filesystem::path queue(bool priority) const { return folder_ / (priority ? "priority" : "normal"); }
    std::filesystem::path staged(OutboxItem const& item) const { return folder_ / "tmp" / item.id; }

    std::filesystem::path folder_;
    Disk& disk_;
    RejectedImages rejected_;
};

} // namespace learning_loop
