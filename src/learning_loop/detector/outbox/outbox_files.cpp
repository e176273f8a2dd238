#include "learning_loop/detector/outbox/outbox_files.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/detector/outbox/settle_date.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <array>
#include <set>
#include <system_error>
#include <utility>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::array subfolders{"tmp", "priority", "normal", "rejected"};
constexpr std::size_t max_strangers = 1000; // moved away at a start

} // namespace

OutboxFiles::OutboxFiles(fs::path folder, std::uint64_t max_rejected_bytes, Disk& disk)
    : folder_(std::move(folder)), disk_(disk), rejected_(make_folders() / "rejected", max_rejected_bytes, disk_)
{
    std::vector<std::string> left;
    disk_.list(folder_ / "tmp", [&](Disk::Entry const& entry) { left.push_back(entry.name); });
    for (auto const& name : left) sweep(folder_ / "tmp" / name);
}

fs::path const& OutboxFiles::make_folders()
{
    disk_.make_folder(folder_);
    disk_.sync({}, {folder_.parent_path()});
    for (auto const* name : subfolders) disk_.make_folder(folder_ / name);
    disk_.sync({}, {folder_});
    return folder_;
}

void OutboxFiles::sweep(fs::path const& left)
{
    try {
        disk_.remove(left);
    } catch (std::system_error const& failure) { // it belongs to somebody else
        put_aside(left, std::string("left half written, and cannot be deleted: ") + failure.code().message());
    }
}

std::vector<OutboxItem> OutboxFiles::find(bool priority)
{
    std::vector<OutboxItem> items;
    std::vector<std::pair<std::string, std::string>> strangers; // and what is wrong with each
    std::size_t left = 0;
    disk_.list(queue(priority), [&](Disk::Entry const& entry) {
        OutboxItem item{entry.name, priority, 0, {}};
        auto wrong = what_is_wrong(entry, item);
        if (!wrong) items.push_back(std::move(item));
        else if (strangers.size() < max_strangers) strangers.emplace_back(entry.name, std::move(*wrong));
        else ++left;
    });
    for (auto const& [name, wrong] : strangers) put_aside(queue(priority) / name, wrong);
    if (left > 0) log::warn("outbox: {} more in {} are no images of ours", left, queue(priority).string());
    return items;
}

/// nullopt if it is an image, whose bytes are in `item` then.
std::optional<std::string> OutboxFiles::what_is_wrong(Disk::Entry const& entry, OutboxItem& item) const
{
    if (!entry.is_folder) return "it is no folder";
    auto const bytes = image_bytes_in(folder_of(item), disk_);
    if (!bytes) return bytes.error().message;
    item.bytes = *bytes;
    return std::nullopt;
}

void OutboxFiles::put_aside(fs::path const& stranger, std::string const& wrong)
{
    try {
        rejected_.add_stranger(stranger, "no image of this outbox: " + wrong);
        log::warn("outbox: {} is no image of ours, {}: moved to rejected/", printable(stranger.string()), wrong);
    } catch (std::system_error const& failure) {
        log::warn("outbox: {} is no image of ours, {}, and stays where it is: {}", printable(stranger.string()), wrong,
                  failure.what());
    }
}

Result<void> OutboxFiles::write(std::vector<OutboxWrite*> const& writes)
{
    auto written = write_or_clean_up(writes);
    bool const needs_room = !written && written.error().code == Errc::out_of_space;
    if (!written && !needs_room) return Error{Errc::out_of_space, written.error().message};
    bool const has_made_room = drop_old(writes); // after the new ones, unless there is no room for both
    return needs_room && has_made_room ? write_or_clean_up(writes) : written;
}

/// Returns whether that has made room.
bool OutboxFiles::drop_old(std::vector<OutboxWrite*> const& writes)
{
    bool has_made_room = false;
    for (auto* write : writes) {
        if (std::exchange(write->has_dropped, true)) continue;
        for (auto const& old : write->dropped) erase(old);
        has_made_room = has_made_room || !write->dropped.empty();
    }
    return has_made_room;
}

/// Errors: out_of_space if there is no room; unavailable if the disk fails in another way.
Result<void> OutboxFiles::write_or_clean_up(std::vector<OutboxWrite*> const& writes)
{
    Result<void> written;
    try {
        written = unless_disk_is_full([&] { return write_and_sync(writes); });
    } catch (std::system_error const& failure) {
        log::error("outbox: {}", failure.what());
        written = Error{Errc::unavailable, "the outbox cannot be written (" + failure.code().message() +
                                               "): look after the disk, or free some space"};
    } catch (...) {
        remove_what_is_left(writes);
        throw;
    }
    if (!written) remove_what_is_left(writes);
    return written;
}

/// First all files, then all syncs at the same time: so the disk has the least to wait for.
Result<void> OutboxFiles::write_and_sync(std::vector<OutboxWrite*> const& writes)
{
    Staged staged_paths;
    for (auto const* write : writes) {
        for (std::size_t i = 0; i < write->items.size(); ++i) {
            auto const written = write_item(write->items[i], write->images[i], staged_paths);
            if (!written) return written;
        }
    }
    disk_.sync(staged_paths.files, staged_paths.folders);
    std::set<fs::path> queues;
    for (auto const* write : writes) {
        for (auto const& item : write->items) {
            disk_.rename(staged(item), folder_of(item));
            queues.insert(queue(item.priority));
        }
    }
    disk_.sync({}, {queues.begin(), queues.end()});
    return {};
}

Result<void> OutboxFiles::write_item(OutboxItem const& item, NewOutboxImage const& image, Staged& staged_paths)
{
    auto const folder = staged(item);
    disk_.make_folder(folder);
    staged_paths.folders.push_back(folder);
    auto const write = [&](std::string const& name, std::string_view bytes) {
        staged_paths.files.push_back(folder / name);
        return disk_.write_file(folder / name, bytes);
    };
    if (auto const jpeg = write(item.file_name(".jpg"), image.jpeg.view()); !jpeg) return jpeg;
    if (auto const json = write(item.file_name(".json"), image.metadata); !json) return json;
    if (!image.undated) return {};
    return write(std::string(clock_mark_file), to_text(to_json(*image.undated)));
}

void OutboxFiles::remove_what_is_left(std::vector<OutboxWrite*> const& writes) noexcept
{
    for (auto const* write : writes) {
        for (auto const& item : write->items) {
            for (auto const& folder : {staged(item), folder_of(item)}) {
                try {
                    disk_.remove(folder);
                } catch (std::exception const& failure) {
                    log::warn("outbox: {} could not be deleted: {}", folder.string(), failure.what());
                }
            }
        }
    }
}

/// Moves the item away before it is deleted, so that a crash leaves no incomplete item; `tmp` is emptied at the next
/// start.
void OutboxFiles::discard(OutboxItem const& item)
{
    disk_.rename(folder_of(item), staged(item));
    disk_.remove(staged(item));
}

void OutboxFiles::erase(OutboxItem const& item)
{
    try {
        discard(item);
    } catch (std::system_error const& failure) {
        log::warn("outbox: {} could not be deleted: {}", folder_of(item).string(), failure.what());
    }
}

void OutboxFiles::reject(OutboxItem const& item, std::string const& reason)
{
    try {
        disk_.make_folder(folder_of(item)); // its files may be gone: then only the reason stays
        rejected_.add(folder_of(item), reason);
    } catch (std::system_error const& failure) {
        log::warn("outbox: {} could not be moved to rejected/ and is tried again at the next start: {}", item.id,
                  failure.what());
    }
}

Result<OutboxItem> OutboxFiles::find_rejected(std::string const& name) const
{
    if (!rejected_.contains(name)) return RejectedImages::no_such_image(name);
    auto const bytes = image_bytes_in(rejected_.folder_of(name), disk_);
    if (!bytes) return Error{Errc::invalid_argument, printable(name) + " is no image: " + bytes.error().message};
    return OutboxItem{name, false, *bytes, {}};
}

Result<void> OutboxFiles::requeue(OutboxItem const& item)
{
    try {
        return rejected_.restore(item.id, folder_of(item));
    } catch (std::system_error const& failure) {
        return Error{Errc::unavailable, printable(item.id) + " cannot be moved back: " + failure.code().message()};
    }
}

OutboxDrop OutboxFiles::drop(std::vector<OutboxItem> const& items, std::vector<std::string> const& rejected)
{
    OutboxDrop drop;
    auto const try_to = [&](auto const& change) {
        try {
            change();
            return true;
        } catch (std::system_error const& failure) {
            drop.failure = "the disk does not let it: " + failure.code().message();
            return false;
        }
    };
    for (auto const& item : items) {
        auto const discard_it = [&] {
            disk_.make_folder(folder_of(item)); // somebody else may have deleted it
            discard(item);
        };
        if (!try_to(discard_it)) drop.left.push_back(item);
    }
    for (auto const& name : rejected) {
        try_to([&] {
            if (!rejected_.drop(name)) drop.unknown.push_back(name);
        });
    }
    try_to([&] { disk_.sync({}, {queue(true), queue(false), folder_ / "rejected", folder_ / "tmp"}); });
    return drop;
}

std::vector<OutboxItem> OutboxFiles::settle_dates(std::vector<OutboxItem> const& items, Moment const& now)
{
    std::vector<OutboxItem> ready;
    for (auto const& item : items) {
        if (settle_date(disk_, folder_of(item), item.file_name(".json"), now)) ready.push_back(item);
    }
    return ready;
}

void OutboxFiles::clear_waiting()
{
    for (auto const* name : {"tmp", "priority", "normal"}) remove_entries(disk_, folder_ / name);
}

fs::path OutboxFiles::folder_of(OutboxItem const& item) const
{
    return queue(item.priority) / item.id;
}

std::uint64_t OutboxFiles::free_bytes() const
{
    return disk_.free_bytes(folder_);
}

} // namespace learning_loop
