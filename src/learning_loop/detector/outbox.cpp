#include "learning_loop/detector/outbox.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"

#include <algorithm>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_rejected = 1000;
constexpr int max_waiting = 100; ///< Images that are about to be kept; the uploader is never refused.

/// Counts bytes before they are written, so that those who come meanwhile see them, and no longer when the writing
/// failed.
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

/// Written beside the outbox and renamed into it whole: nobody ever sees half an item.
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

/// Out of the queue in one step, so that a crash leaves no half of an item there; `tmp` is emptied at the next start.
void erase_item(fs::path const& folder, fs::path const& tmp)
{
    auto const doomed = tmp / folder.filename();
    std::error_code failure;
    fs::rename(folder, doomed, failure);
    fs::remove_all(failure ? folder : doomed, failure);
    if (failure) log::warn("outbox: {} could not be deleted: {}", folder.string(), failure.message());
}

/// The oldest rejected images make room: the reasons are in the log, and nothing may grow for ever.
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
    fs::remove_all(folder_ / "tmp"); // never acknowledged to anybody
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
    if (!fits(item.bytes, normal_.size() + (priority ? 0 : 1), 0)) { // others fill and free the disk, too: look again
        auto ask = [this]() -> Result<std::uint64_t> { return free_bytes(folder_); };
        free_disk_bytes_ = (co_await files_.run(std::move(ask))).value();
    }
    auto const room_makers = this->room_makers(item.bytes, priority);
    std::uint64_t freed = 0;
    for (auto const& old : room_makers) freed += old.bytes;
    if (!fits(item.bytes, normal_.size() - room_makers.size() + (priority ? 0 : 1), freed)) {
        co_return Error{Errc::out_of_space,
                        "the outbox is full: bring the Loop back, free disk space or raise OUTBOX_MAX_BYTES"};
    }
    if (files_.waiting() >= max_waiting) co_return Error{Errc::unavailable, "the outbox is busy: try again later"};
    for (auto const& old : room_makers) {
        log::warn("outbox: {} is dropped to make room; {} since the start", old.id, ++dropped_);
        forget(old);
    }
    Reservation reservation(bytes_, item.bytes);

    auto write = [this, item, room_makers, jpeg = std::move(jpeg),
                  metadata = std::move(metadata)]() -> Result<std::uint64_t> {
        for (auto const& old : room_makers) erase_item(folder_of(old), folder_ / "tmp");
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

bool Outbox::fits(std::uint64_t bytes, std::size_t normal_images, std::uint64_t freed) const
{
    bool const few_enough = limits_.max_normal_images == 0 || normal_images <= limits_.max_normal_images;
    bool const small_enough = bytes_ - freed + bytes <= limits_.max_bytes;
    return few_enough && small_enough && free_disk_bytes_ + freed >= bytes + limits_.free_disk_bytes;
}

std::vector<OutboxItem> Outbox::room_makers(std::uint64_t bytes, bool priority) const
{
    std::vector<OutboxItem> oldest;
    std::uint64_t freed = 0;
    for (auto item = normal_.begin(); item != normal_.end(); ++item) {
        if (fits(bytes, normal_.size() - oldest.size() + (priority ? 0 : 1), freed)) break;
        if (uploading_.contains(item->first)) continue;
        oldest.push_back(item->second);
        freed += item->second.bytes;
    }
    return oldest;
}

std::vector<OutboxItem> Outbox::next_batch(std::size_t max_images, std::uint64_t max_bytes)
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
        // What a crash leaves is uploaded again, under the same key.
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
    if (index_of(item).erase(item.id) != 0) bytes_ -= item.bytes; // a request that failed later may have taken it back
    uploading_.erase(item.id);
}

} // namespace learning_loop
