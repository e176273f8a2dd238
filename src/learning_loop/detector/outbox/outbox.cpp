#include "learning_loop/detector/outbox/outbox.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <system_error>

namespace learning_loop {
namespace {

constexpr int max_waiting = 100; // images to be written; the uploader is never refused

/// `clear`, with an error instead of an exception.
template <class Clear>
auto emptying(Clear clear)
{
    return [clear]() -> Result<void> {
        try {
            clear();
        } catch (std::system_error const& failure) {
            return Error{Errc::unavailable, "the outbox cannot be emptied: " + failure.code().message()};
        }
        return {};
    };
}

} // namespace

Outbox::Outbox(boost::asio::any_io_executor executor, std::filesystem::path folder, OutboxLimits limits, Disk& disk)
    : files_(std::move(folder), limits.max_rejected_bytes, disk), limits_(limits), arrival_(std::move(executor))
{
    for (bool const priority : {true, false}) {
        for (auto const& item : files_.find(priority)) {
            waiting_.add(item);
            continue_after(item.id); // though the clock may tell an earlier time
        }
    }
    free_disk_bytes_ = files_.free_bytes();
}

/// Counts what is about to be written, so that other requests see it.
class Outbox::BeingWritten {
public:
    BeingWritten(Room& all, Room own) : all_(all), own_(own)
    {
        all_.normal_images += own_.normal_images;
        all_.bytes += own_.bytes;
    }
    BeingWritten(BeingWritten const&) = delete;
    BeingWritten& operator=(BeingWritten const&) = delete;
    ~BeingWritten() { end(); }

    void end()
    {
        all_.normal_images -= own_.normal_images;
        all_.bytes -= own_.bytes;
        own_ = {};
    }

private:
    Room& all_;
    Room own_;
};

/// Runs `change()` on a lane, and sees then how much room the disk has.
template <class Change>
Task<Result<void>> Outbox::change_files(Lane& lane, Change change)
{
    auto job = [this, change = std::move(change)]() -> Result<void> {
        auto const changed = change();
        try {
            free_disk_bytes_ = files_.free_bytes();
        } catch (std::system_error const&) { // the disk is gone
            free_disk_bytes_ = 0;
        }
        return changed;
    };
    co_return co_await lane.run(std::move(job));
}

Task<Result<std::vector<OutboxItem>>> Outbox::keep(std::vector<NewOutboxImage> images, bool priority)
{
    OutboxWrite write;
    Room needed{priority ? 0 : images.size(), 0};
    for (auto& image : images) {
        auto const bytes = image.jpeg.size() + image.metadata.size();
        write.items.push_back({new_uuid(), priority, bytes, std::move(image.camera)});
        needed.bytes += bytes;
    }
    write.images = std::move(images);
    if (!fits(needed, {})) co_await look_at_the_disk(); // other programs fill and free it, too
    write.dropped = images_to_drop_for(needed);
    if (!fits(needed, room_of(write.dropped))) {
        co_return Error{Errc::out_of_space,
                        "the outbox is full: bring the Loop back, free disk space or raise OUTBOX_MAX_BYTES"};
    }
    if (writing_.waiting() >= max_waiting) co_return Error{Errc::unavailable, "the outbox is busy: try again later"};
    for (auto const& old : write.dropped) {
        log::warn("outbox: {} is dropped to make room; {} since the start", old.id, ++dropped_);
        waiting_.remove(old);
    }
    auto const clearings = clearings_;
    BeingWritten counted(being_written_, needed);
    auto const pending = writer_.add(std::move(write));
    auto job = [this, pending] { return writer_.write(*pending); };
    auto const written = co_await change_files(writing_, std::move(job));
    counted.end();
    auto const& [dropped, items, content, has_dropped] = pending->write;
    if (!has_dropped && clearings == clearings_) keep_after_all(dropped);
    if (!written) co_return written.error();
    if (clearings != clearings_) co_return Error{Errc::unavailable, "the outbox was emptied meanwhile: try again"};
    for (auto const& item : items) waiting_.add(item);
    arrival_.wake();
    co_return items;
}

/// Images that were to make room for others, which could not be written.
void Outbox::keep_after_all(std::vector<OutboxItem> const& images)
{
    for (auto const& image : images) waiting_.add(image);
    dropped_ -= images.size();
}

Task<> Outbox::look_at_the_disk()
{
    auto only_look = []() -> Result<void> { return {}; };
    (co_await change_files(writing_, std::move(only_look))).value();
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
    return is_within_limits(needed, given_back) &&
           free_disk_bytes_ + given_back.bytes >= being_written_.bytes + needed.bytes + limits_.min_free_disk_bytes;
}

bool Outbox::is_within_limits(Room needed, Room given_back) const
{
    auto const normal_images = waiting_.normal_images() + being_written_.normal_images + needed.normal_images;
    auto const bytes = waiting_.bytes() + being_written_.bytes + needed.bytes;
    bool const few_enough =
        limits_.max_normal_images == 0 || normal_images - given_back.normal_images <= limits_.max_normal_images;
    return few_enough && bytes - given_back.bytes <= limits_.max_bytes;
}

/// The oldest normal images, until what is needed fits.
std::vector<OutboxItem> Outbox::images_to_drop_for(Room needed) const
{
    std::vector<OutboxItem> oldest;
    Room given_back;
    waiting_.visit_oldest_normal([&](OutboxItem const& old) {
        if (fits(needed, given_back)) return false;
        oldest.push_back(old);
        ++given_back.normal_images;
        given_back.bytes += old.bytes;
        return true;
    });
    return oldest;
}

Task<std::vector<OutboxItem>> Outbox::settle_dates(std::vector<OutboxItem> items)
{
    std::vector<OutboxItem> ready;
    auto settle = [&]() -> Result<void> {
        ready = files_.settle_dates(items, read_clocks());
        return {};
    };
    (co_await change_files(leaving_, std::move(settle))).value();
    co_return ready;
}

Task<> Outbox::remove(std::vector<OutboxItem> items)
{
    std::erase_if(items, [this](OutboxItem const& item) { return !waiting_.remove(item); }); // dropped meanwhile
    auto erase = [this, items = std::move(items)]() -> Result<void> {
        // An image that a crash leaves is uploaded again, under the same idempotency key.
        for (auto const& item : items) files_.erase(item);
        return {};
    };
    (co_await change_files(leaving_, std::move(erase))).value();
}

Task<Result<void>> Outbox::clear()
{
    ++clearings_;
    waiting_.clear(); // what is about to be written stays counted
    auto clear_waiting = emptying([this] { files_.clear_waiting(); });
    auto const cleared = co_await change_files(writing_, std::move(clear_waiting));
    if (!cleared) co_return cleared;
    auto clear_rejected = emptying([this] { files_.rejected().clear(); });
    co_return co_await change_files(leaving_, std::move(clear_rejected));
}

void Outbox::limit(OutboxLimits limits)
{
    limits_ = limits;
    files_.rejected().limit(limits.max_rejected_bytes);
}

Task<> Outbox::reject(OutboxItem item, std::string reason)
{
    if (!waiting_.remove(item)) co_return; // it was dropped meanwhile
    ++rejected_;
    log::error("outbox: the Loop refuses {}: {}; it is kept under rejected/", item.id, printable(reason));
    auto move = [this, item, reason]() -> Result<void> {
        files_.reject(item, reason);
        return {};
    };
    (co_await change_files(leaving_, std::move(move))).value();
}

Task<Result<void>> Outbox::requeue(std::string id)
{
    OutboxItem item;
    auto look = [&]() -> Result<void> {
        auto found = files_.find_rejected(id);
        if (!found) return found.error();
        item = std::move(*found);
        return {};
    };
    auto const clearings = clearings_;
    auto const found = co_await change_files(leaving_, std::move(look));
    if (!found) co_return found;
    if (!is_within_limits({1, item.bytes}, {})) {
        co_return Error{Errc::out_of_space, "the outbox is full: let it be uploaded first, or raise OUTBOX_MAX_BYTES "
                                            "or MAX_OUTBOX_SIZE"};
    }
    auto move = [&] { return files_.requeue(item); };
    auto const moved = co_await change_files(leaving_, std::move(move));
    if (!moved) co_return moved;
    if (clearings != clearings_) co_return Error{Errc::unavailable, "the outbox was emptied meanwhile"};
    waiting_.add(item);
    arrival_.wake();
    co_return Result<void>();
}

Task<Result<std::vector<std::string>>> Outbox::drop(std::vector<std::string> ids, Which which)
{
    std::vector<OutboxItem> waiting;
    std::vector<std::string> rejected;
    for (auto const& id : ids) {
        auto const found = which == Which::any ? waiting_.find(id) : std::vector<OutboxItem>();
        for (auto const& item : found) waiting_.remove(item);
        waiting.insert(waiting.end(), found.begin(), found.end());
        if (found.empty()) rejected.push_back(id);
    }
    OutboxDrop dropped;
    auto drop = [&]() -> Result<void> {
        dropped = files_.drop(waiting, rejected);
        return {};
    };
    (co_await change_files(leaving_, std::move(drop))).value();
    for (auto const& item : dropped.left) waiting_.add(item);
    if (dropped.failure) co_return Error{Errc::unavailable, *dropped.failure};
    co_return dropped.unknown;
}

} // namespace learning_loop
