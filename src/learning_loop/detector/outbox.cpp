#include "learning_loop/detector/outbox.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

namespace learning_loop {
namespace {

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

} // namespace

Outbox::Outbox(boost::asio::any_io_executor executor, std::filesystem::path folder, OutboxLimits limits)
    : files_(std::move(folder)), limits_(limits), arrival_(std::move(executor))
{
    for (bool const priority : {true, false}) {
        for (auto& item : files_.find(priority)) {
            bytes_ += item.bytes;
            index_of(item).emplace(item.id, item);
        }
    }
    free_disk_bytes_ = files_.free_bytes();
}

/// Runs `change()` on the lane, and sees then how much room the disk has.
template <class Change>
Task<Result<void>> Outbox::change_files(Change change)
{
    auto job = [this, change = std::move(change)]() -> Result<std::uint64_t> {
        if (auto const changed = change(); !changed) return changed.error();
        return files_.free_bytes();
    };
    auto const free_bytes = co_await lane_.run(std::move(job));
    if (!free_bytes) co_return free_bytes.error();
    free_disk_bytes_ = *free_bytes;
    co_return Result<void>();
}

Task<Result<std::vector<OutboxItem>>> Outbox::keep(std::vector<NewOutboxImage> images, bool priority)
{
    std::vector<OutboxItem> items;
    Room needed{priority ? 0 : images.size(), 0};
    for (auto const& image : images) {
        items.push_back({new_uuid(), priority, image.jpeg.size() + image.metadata.size()});
        needed.bytes += items.back().bytes;
    }
    if (!fits(needed, {})) co_await look_at_the_disk(); // other programs fill and free it, too
    auto const doomed = images_to_drop_for(needed);
    if (!fits(needed, room_of(doomed))) {
        co_return Error{Errc::out_of_space,
                        "the outbox is full: bring the Loop back, free disk space or raise OUTBOX_MAX_BYTES"};
    }
    if (lane_.waiting() >= max_waiting) co_return Error{Errc::unavailable, "the outbox is busy: try again later"};
    for (auto const& old : doomed) {
        log::warn("outbox: {} is dropped to make room; {} since the start", old.id, ++dropped_);
        forget(old);
    }
    Reservation reservation(bytes_, needed.bytes);
    auto const clearings = clearings_;
    auto write = [this, doomed, items, images = std::move(images)]() -> Result<void> {
        for (auto const& old : doomed) files_.erase(old);
        return files_.write(items, images);
    };
    auto const written = co_await change_files(std::move(write));
    if (!written) co_return written.error();
    if (clearings != clearings_) co_return Error{Errc::unavailable, "the outbox was emptied meanwhile: try again"};
    reservation.keep();
    for (auto const& item : items) index_of(item).emplace(item.id, item);
    arrival_.wake();
    co_return items;
}

Task<> Outbox::look_at_the_disk()
{
    auto only_look = []() -> Result<void> { return {}; };
    (co_await change_files(std::move(only_look))).value();
}

Outbox::Room Outbox::room_of(std::vector<OutboxItem> const& dropped)
{
    Room room;
    for (auto const& item : dropped) {
        room.normal_images += item.priority ? 0 : 1;
        room.bytes += item.bytes;
    }
    return room;
}

bool Outbox::fits(Room needed, Room given_back) const
{
    auto const normal_images = normal_.size() + needed.normal_images - given_back.normal_images;
    bool const few_enough = limits_.max_normal_images == 0 || normal_images <= limits_.max_normal_images;
    bool const small_enough = bytes_ - given_back.bytes + needed.bytes <= limits_.max_bytes;
    return few_enough && small_enough &&
           free_disk_bytes_ + given_back.bytes >= needed.bytes + limits_.min_free_disk_bytes;
}

/// The oldest normal images, until what is needed fits.
std::vector<OutboxItem> Outbox::images_to_drop_for(Room needed) const
{
    std::vector<OutboxItem> oldest;
    Room given_back;
    for (auto const& [id, old] : normal_) {
        if (fits(needed, given_back)) break;
        if (uploading_.contains(id)) continue;
        oldest.push_back(old);
        ++given_back.normal_images;
        given_back.bytes += old.bytes;
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
    auto erase = [this, items]() -> Result<void> {
        // An image that a crash leaves is uploaded again, under the same idempotency key.
        for (auto const& item : items) files_.erase(item);
        return {};
    };
    (co_await change_files(std::move(erase))).value();
}

Task<Result<void>> Outbox::clear()
{
    ++clearings_;
    for (auto* index : {&normal_, &priority_}) {
        for (auto const& [id, item] : *index) bytes_ -= item.bytes; // those about to be written stay counted
        index->clear();
    }
    auto clear = [this] { return files_.clear(); };
    co_return co_await change_files(std::move(clear));
}

Task<> Outbox::reject(OutboxItem item, std::string reason)
{
    ++rejected_;
    log::error("outbox: the Loop refuses {}: {}; it is kept under rejected/", item.id, printable(reason));
    forget(item);
    auto move = [this, item, reason] { return files_.reject(item, reason); };
    auto const moved = co_await change_files(std::move(move));
    if (!moved) log::warn("outbox: {}", moved.error().message);
}

void Outbox::forget(OutboxItem const& item)
{
    if (index_of(item).erase(item.id) != 0) bytes_ -= item.bytes; // `remove` may have been first
    uploading_.erase(item.id);
}

} // namespace learning_loop
