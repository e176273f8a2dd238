#include "learning_loop/detector/outbox.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_rejected = 1000;
constexpr int max_waiting = 100; // images to be written; the uploader is never refused

/// Counts bytes before they are written, so that `keep` sees those of other requests, and takes them back if the
/// writing failed.
class Reservation {
public:
    Reservation(std::uint64_t& total, std::uint64_t bytes) : total_(total), bytes_(bytes) { total_ += bytes_; }
    Reservation(Reservation const&) = delete;
    Reservation& operator=(Reservation const&) = delete;
    ~Reservation() { total_ -= bytes_; }
    void keep() { bytes_ = 0; }

private:
    std::uint64_t& total_;
    std::uint64_t bytes_;
};

std::uint64_t size_or_zero(fs::path const& file)
{
    std::error_code missing;
    auto const bytes = fs::is_regular_file(fs::symlink_status(file, missing)) ? fs::file_size(file, missing) : 0;
    return missing ? 0 : bytes;
}

/// Writes the item in outbox/tmp and renames it: the outbox never has an incomplete item.
Result<void> write_item(fs::path const& staged, fs::path const& final_folder, OutboxItem const& item,
                        std::string const& jpeg, std::string const& metadata)
{
    auto const written = unless_disk_is_full([&]() -> Result<void> {
        fs::create_directories(staged);
        if (auto done = write_durably(staged / item.file_name(".jpg"), jpeg); !done) return done;
        if (auto done = write_durably(staged / item.file_name(".json"), metadata); !done) return done;
        sync_folder(staged);
        rename_durably(staged, final_folder);
        return {};
    });
    std::error_code ignored;
    if (!written) fs::remove_all(staged, ignored);
    return written;
}

/// Moves the item away before it is deleted, so that a crash leaves no incomplete item; `tmp` is emptied at the next
/// start.
void erase_item(fs::path const& folder, fs::path const& tmp)
{
    auto const doomed = tmp / folder.filename();
    std::error_code failure;
    fs::rename(folder, doomed, failure);
    fs::remove_all(failure ? folder : doomed, failure);
    if (failure) log::warn("outbox: {} could not be deleted: {}", folder.string(), failure.message());
}

/// Deletes the oldest rejected images, since nothing may grow for ever: the reasons are in the log.
void prune_rejected(fs::path const& rejected)
{
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator(rejected)) names.push_back(entry.path().filename());
    if (names.size() <= max_rejected) return;
    std::sort(names.begin(), names.end());
    for (std::size_t i = 0; i + max_rejected < names.size(); ++i) {
        log::warn("outbox: {} rejected images are too many, the oldest is deleted: {}", names.size(),
                  printable(names[i]));
        fs::remove_all(rejected / names[i]);
    }
}

} // namespace

Outbox::Outbox(boost::asio::any_io_executor executor, fs::path folder, OutboxLimits limits)
    : folder_(std::move(folder)), limits_(limits), arrival_(std::move(executor))
{
    fs::remove_all(folder_ / "tmp"); // no client was told that these are kept
    for (auto const* name : {"tmp", "priority", "normal", "rejected"}) fs::create_directories(folder_ / name);
    take_over(folder_ / "priority", true);
    take_over(folder_ / "normal", false);
    sync_folder(folder_);
    free_disk_bytes_ = free_bytes(folder_);
}

void Outbox::take_over(fs::path const& folder, bool priority)
{
    for (auto const& entry : fs::directory_iterator(folder)) {
        OutboxItem item{entry.path().filename(), priority, 0};
        auto const jpeg_bytes = size_or_zero(entry.path() / item.file_name(".jpg"));
        auto const json_bytes = size_or_zero(entry.path() / item.file_name(".json"));
        if (!fs::is_directory(entry.symlink_status()) || jpeg_bytes == 0 || json_bytes == 0) {
            log::warn("outbox: {} is no image of ours: left where it is, not uploaded",
                      printable(entry.path().string()));
            continue;
        }
        item.bytes = jpeg_bytes + json_bytes;
        bytes_ += item.bytes;
        index_of(item).emplace(item.id, item);
    }
}

Task<Result<OutboxItem>> Outbox::keep(std::string jpeg, std::string metadata, bool priority)
{
    OutboxItem item{new_uuid(), priority, jpeg.size() + metadata.size()};
    if (!fits(item, 0, 0)) { // other programs fill and free the disk, too: look again
        auto look = [this]() -> Result<std::uint64_t> { return free_bytes(folder_); };
        free_disk_bytes_ = (co_await files_.run(std::move(look))).value();
    }
    auto doomed = images_to_drop_for(item);
    std::uint64_t doomed_bytes = 0;
    for (auto const& old : doomed) doomed_bytes += old.bytes;
    if (!fits(item, doomed.size(), doomed_bytes)) {
        co_return Error{Errc::out_of_space,
                        "the outbox is full: bring the Loop back, free disk space or raise OUTBOX_MAX_BYTES"};
    }
    if (files_.waiting() >= max_waiting) co_return Error{Errc::unavailable, "the outbox is busy: try again later"};
    for (auto const& old : doomed) {
        log::warn("outbox: {} is dropped to make room; {} since the start", old.id, ++dropped_);
        forget(old);
    }
    Reservation reservation(bytes_, item.bytes);

    auto write = [this, item, doomed, jpeg = std::move(jpeg),
                  metadata = std::move(metadata)]() -> Result<std::uint64_t> {
        for (auto const& old : doomed) erase_item(folder_of(old), folder_ / "tmp");
        auto const written = write_item(folder_ / "tmp" / item.id, folder_of(item), item, jpeg, metadata);
        if (!written) return written.error();
        return free_bytes(folder_);
    };
    auto const written = co_await files_.run(std::move(write));
    if (!written) co_return written.error();
    free_disk_bytes_ = *written;
    reservation.keep();
    index_of(item).emplace(item.id, item);
    arrival_.wake();
    co_return item;
}

/// Whether the item fits in if some normal images are dropped first.
bool Outbox::fits(OutboxItem const& item, std::size_t dropped_images, std::uint64_t dropped_bytes) const
{
    auto const normal_images = normal_.size() - dropped_images + (item.priority ? 0 : 1);
    bool const few_enough = limits_.max_normal_images == 0 || normal_images <= limits_.max_normal_images;
    bool const small_enough = bytes_ - dropped_bytes + item.bytes <= limits_.max_bytes;
    return few_enough && small_enough && free_disk_bytes_ + dropped_bytes >= item.bytes + limits_.min_free_disk_bytes;
}

std::vector<OutboxItem> Outbox::images_to_drop_for(OutboxItem const& item) const
{
    std::vector<OutboxItem> oldest;
    std::uint64_t bytes = 0;
    for (auto const& [id, old] : normal_) {
        if (fits(item, oldest.size(), bytes)) break;
        if (uploading_.contains(id)) continue;
        oldest.push_back(old);
        bytes += old.bytes;
    }
    return oldest;
}

std::vector<OutboxItem> Outbox::take_batch(std::size_t max_images, std::uint64_t max_bytes)
{
    std::vector<OutboxItem> batch;
    std::uint64_t bytes = 0;
    auto const take = [&](OutboxItem const& item) {
        bool const room = batch.size() < max_images && (batch.empty() || bytes + item.bytes <= max_bytes);
        if (room && !uploading_.contains(item.id)) {
            batch.push_back(item);
            bytes += item.bytes;
        }
        return room;
    };
    bool room = true;
    for (auto item = priority_.begin(); room && item != priority_.end(); ++item) room = take(item->second);
    for (auto item = normal_.rbegin(); room && item != normal_.rend(); ++item) room = take(item->second);
    for (auto const& item : batch) uploading_.insert(item.id);
    return batch;
}

void Outbox::release(std::vector<OutboxItem> const& items)
{
    for (auto const& item : items) uploading_.erase(item.id);
}

Task<> Outbox::remove(std::vector<OutboxItem> items)
{
    for (auto const& item : items) forget(item);
    auto remove = [this, items]() -> Result<std::uint64_t> {
        // An image that a crash leaves is uploaded again, under the same idempotency key.
        for (auto const& item : items) erase_item(folder_of(item), folder_ / "tmp");
        return free_bytes(folder_);
    };
    free_disk_bytes_ = (co_await files_.run(std::move(remove))).value();
}

Task<> Outbox::reject(OutboxItem item, std::string reason)
{
    log::error("outbox: the Loop refuses {}: {}; it is kept under rejected/", item.id, printable(reason));
    forget(item);
    auto move = [this, item, reason]() -> Result<void> {
        auto const target = folder_ / "rejected" / item.id;
        fs::remove_all(target);
        if (fs::is_directory(folder_of(item))) rename_durably(folder_of(item), target);
        else fs::create_directories(target);
        auto const written = write_durably(target / "reason.txt", reason + "\n");
        prune_rejected(folder_ / "rejected");
        return written;
    };
    auto const moved = co_await files_.run(std::move(move));
    if (!moved) log::warn("outbox: {}", moved.error().message);
}

fs::path Outbox::folder_of(OutboxItem const& item) const
{
    return folder_ / (item.priority ? "priority" : "normal") / item.id;
}

void Outbox::forget(OutboxItem const& item)
{
    if (index_of(item).erase(item.id) != 0) bytes_ -= item.bytes; // `remove` may have been first
    uploading_.erase(item.id);
}

} // namespace learning_loop
