#include "learning_loop/detector/outbox/outbox_export.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/detector/outbox/image_folder.h"
#include "learning_loop/detector/outbox/rejected_images.h"

#include <limits>
#include <system_error>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t block_bytes = 4096; // of a disk: files take whole ones, and a folder one
constexpr auto any_length = std::numeric_limits<std::size_t>::max();

std::uint64_t bytes_on_disk(std::uint64_t image_bytes)
{
    constexpr std::uint64_t blocks_of_parts = 5; // the ends of both files, the folder, the reason, the clock's mark
    return image_bytes + blocks_of_parts * block_bytes;
}

/// Whether the error tells that the image was uploaded or dropped meanwhile.
bool is_gone(Error const& error)
{
    return error.code == Errc::not_found;
}

} // namespace

OutboxExport::OutboxExport(OutboxReader const& from, fs::path to, Disk& disk, std::size_t per_sync)
    : from_(from), to_(std::move(to)), disk_(disk), per_sync_(per_sync)
{}

fs::path OutboxExport::target(OutboxQueue queue, std::string const& name) const
{
    return to_ / name_of(queue) / name;
}

Result<void> OutboxExport::check_room(std::span<OutboxQueue const> queues) const
{
    std::uint64_t needed = 0;
    for (auto const queue : queues) {
        auto const there = names_at_target(queue);
        for (auto const& name : from_.names_in(queue)) {
            if (there.contains(name)) continue;
            if (auto const bytes = image_bytes_in(from_.folder_of(queue, name), disk_)) needed += bytes_on_disk(*bytes);
        }
    }
    auto const free = disk_.free_bytes(to_.parent_path());
    if (needed <= free) return {};
    return Error{Errc::out_of_space, to_.parent_path().string() + " has " + std::to_string(free) +
                                         " bytes free, and all together take " + std::to_string(needed) +
                                         ": free space there, or take another disk"};
}

Result<ExportSums> OutboxExport::copy(std::span<OutboxQueue const> queues, Tell const& tell)
{
    sums_ = {};
    auto const copied = unless_disk_is_full([&] { return copy_all(queues, tell); });
    remove_staged();
    if (copied) return sums_;
    return Error{Errc::out_of_space, to_.parent_path().string() + " is full, with " + std::to_string(sums_.copied) +
                                         " images copied, which stay there: free space and export again, then what is "
                                         "there is passed by"};
}

Result<void> OutboxExport::copy_all(std::span<OutboxQueue const> queues, Tell const& tell)
{
    make_folders(queues);
    for (auto const queue : queues) {
        Batch batch;
        auto const there = names_at_target(queue);
        for (auto const& name : from_.names_in(queue)) {
            if (there.contains(name)) {
                compare(queue, name);
                continue;
            }
            if (auto const copied = copy_one(queue, name, batch); !copied) return copied;
            if (batch.names.size() < per_sync_) continue;
            finish(queue, batch);
            tell(sums_);
        }
        finish(queue, batch);
    }
    return {};
}

void OutboxExport::make_folders(std::span<OutboxQueue const> queues)
{
    disk_.make_folder(to_);
    disk_.remove(to_ / "tmp"); // what was broken off
    disk_.make_folder(to_ / "tmp");
    for (auto const queue : queues) disk_.make_folder(to_ / name_of(queue));
    disk_.sync({}, {to_.parent_path(), to_});
}

Result<void> OutboxExport::copy_one(OutboxQueue queue, std::string const& name, Batch& batch)
{
    auto const image = from_.read(queue, name);
    if (!image && is_gone(image.error())) return {};
    if (!image || image->bytes == 0) {
        sums_.others.push_back(name);
        return {};
    }
    auto const files = batch.files.size();
    auto const staged_all = stage(*image, batch);
    if (staged_all || staged_all.error().code == Errc::out_of_space) return staged_all;
    if (!is_gone(staged_all.error())) sums_.others.push_back(name);
    batch.files.resize(files);
    disk_.remove(staged(name));
    return {};
}

/// Errors: also invalid_argument if it cannot be read.
Result<std::string> OutboxExport::read(fs::path const& file) const
{
    try {
        return disk_.read_file(file, any_length);
    } catch (std::system_error const& failure) { // of the detector's disk: the others are copied
        return Error{Errc::invalid_argument, failure.what()};
    }
}

/// Errors: not_found if the image is not there any more; invalid_argument if it cannot be read; out_of_space.
Result<void> OutboxExport::stage(FoundImage const& image, Batch& batch)
{
    auto const folder = staged(image.id);
    disk_.make_folder(folder);
    std::uint64_t bytes = 0;
    auto const copy = [&](std::string const& name) -> Result<void> {
        auto const content = read(from_.folder_of(image.queue, image.id) / name);
        if (!content) return content.error();
        batch.files.push_back(folder / name);
        bytes += content->size();
        return disk_.write_file(folder / name, *content);
    };
    // The mark before the metadata: once these are dated anew, it is gone.
    for (auto const name : {clock_mark_file, RejectedImages::reason_file}) {
        if (auto const copied = copy(std::string(name)); !copied && !is_gone(copied.error())) return copied;
    }
    for (auto const* extension : {".json", ".jpg"}) {
        if (auto const copied = copy(image_file_name(image.id, extension)); !copied) return copied;
    }
    batch.names.push_back(image.id);
    batch.folders.push_back(folder);
    batch.bytes += bytes;
    return {};
}

void OutboxExport::finish(OutboxQueue queue, Batch& batch)
{
    if (batch.names.empty()) return;
    disk_.sync(batch.files, batch.folders);
    for (auto const& name : batch.names) disk_.rename(staged(name), target(queue, name));
    disk_.sync({}, {to_ / name_of(queue)});
    sums_.copied += batch.names.size();
    sums_.bytes += batch.bytes;
    batch = {};
}

std::set<std::string> OutboxExport::names_at_target(OutboxQueue queue) const
{
    auto const names = OutboxReader(to_, disk_).names_in(queue);
    return {names.begin(), names.end()};
}

void OutboxExport::compare(OutboxQueue queue, std::string const& name)
{
    if (is_same(queue, name)) ++sums_.there;
    else sums_.differing.push_back(target(queue, name));
}

bool OutboxExport::is_same(OutboxQueue queue, std::string const& name) const
{
    for (auto const* extension : {".jpg", ".json"}) {
        auto const file = image_file_name(name, extension);
        auto const here = disk_.read_file(from_.folder_of(queue, name) / file, any_length);
        if (!here) return true; // it was uploaded meanwhile
        auto const there = disk_.read_file(target(queue, name) / file, any_length);
        if (!there || *there != *here) return false;
    }
    return true;
}

void OutboxExport::remove_staged() noexcept
{
    try {
        disk_.remove(to_ / "tmp");
    } catch (std::exception const& failure) { // the next export does it
        log::warn("{} cannot be deleted: {}", (to_ / "tmp").string(), failure.what());
    }
}

} // namespace learning_loop
