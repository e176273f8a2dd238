#include "learning_loop/detector/outbox_files.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <algorithm>
#include <array>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::array subfolders{"tmp", "priority", "normal", "rejected"};
constexpr std::size_t max_rejected = 1000;

std::uint64_t size_or_zero(fs::path const& file)
{
    std::error_code missing;
    auto const bytes = fs::is_regular_file(fs::symlink_status(file, missing)) ? fs::file_size(file, missing) : 0;
    return missing ? 0 : bytes;
}

Result<void> write_item(fs::path const& folder, OutboxItem const& item, NewOutboxImage const& image)
{
    fs::create_directories(folder);
    auto const jpeg = write_durably(folder / item.file_name(".jpg"), image.jpeg.view());
    if (!jpeg) return jpeg;
    auto const json = write_durably(folder / item.file_name(".json"), image.metadata);
    if (!json) return json;
    sync_folder(folder);
    return {};
}

/// Removes folders, unless what they are for is done.
struct RemoveUnlessDone {
    std::vector<fs::path> folders;
    bool is_done = false;

    ~RemoveUnlessDone()
    {
        std::error_code ignored;
        for (auto const& folder : folders) {
            if (!is_done) fs::remove_all(folder, ignored);
        }
    }
};

} // namespace

OutboxFiles::OutboxFiles(fs::path folder) : folder_(std::move(folder))
{
    fs::remove_all(folder_ / "tmp");
    for (auto const* name : subfolders) fs::create_directories(folder_ / name);
    sync_folder(folder_);
}

std::vector<OutboxItem> OutboxFiles::find(bool priority) const
{
    std::vector<OutboxItem> items;
    for (auto const& entry : fs::directory_iterator(folder_ / (priority ? "priority" : "normal"))) {
        OutboxItem item{entry.path().filename(), priority, 0};
        auto const jpeg_bytes = size_or_zero(entry.path() / item.file_name(".jpg"));
        auto const json_bytes = size_or_zero(entry.path() / item.file_name(".json"));
        if (!fs::is_directory(entry.symlink_status()) || jpeg_bytes == 0 || json_bytes == 0) {
            log::warn("outbox: {} is no image of ours: left where it is, not uploaded",
                      printable(entry.path().string()));
            continue;
        }
        item.bytes = jpeg_bytes + json_bytes;
        items.push_back(std::move(item));
    }
    return items;
}

Result<void> OutboxFiles::write(std::vector<OutboxItem> const& items, std::vector<NewOutboxImage> const& images) const
{
    RemoveUnlessDone guard;
    for (auto const& item : items) {
        guard.folders.push_back(staged(item));
        guard.folders.push_back(folder_of(item));
    }
    auto const written = unless_disk_is_full([&]() -> Result<void> {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (auto const done = write_item(staged(items[i]), items[i], images[i]); !done) return done;
        }
        for (auto const& item : items) rename_durably(staged(item), folder_of(item)); // when all of them are written
        return {};
    });
    guard.is_done = written.has_value();
    return written;
}

/// Moves the item away before it is deleted, so that a crash leaves no incomplete item; `tmp` is emptied at the next
/// start.
void OutboxFiles::erase(OutboxItem const& item) const
{
    auto const folder = folder_of(item);
    std::error_code failure;
    fs::rename(folder, staged(item), failure);
    fs::remove_all(failure ? folder : staged(item), failure);
    if (failure) log::warn("outbox: {} could not be deleted: {}", folder.string(), failure.message());
}

Result<void> OutboxFiles::reject(OutboxItem const& item, std::string const& reason) const
{
    auto const target = folder_ / "rejected" / item.id;
    fs::remove_all(target);
    if (fs::is_directory(folder_of(item))) rename_durably(folder_of(item), target);
    else fs::create_directories(target);
    auto const written = write_durably(target / "reason.txt", reason + "\n");
    prune_rejected();
    return written;
}

/// Nothing may grow for ever; the reasons are in the log.
void OutboxFiles::prune_rejected() const
{
    auto const rejected = folder_ / "rejected";
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

Result<void> OutboxFiles::clear() const
{
    std::error_code failure;
    for (auto const* name : subfolders) {
        for (auto const& entry : fs::directory_iterator(folder_ / name)) fs::remove_all(entry.path(), failure);
        if (failure) return Error{Errc::unavailable, "the outbox cannot be emptied: " + failure.message()};
    }
    return {};
}

fs::path OutboxFiles::folder_of(OutboxItem const& item) const
{
    return folder_ / (item.priority ? "priority" : "normal") / item.id;
}

std::uint64_t OutboxFiles::free_bytes() const
{
    return learning_loop::free_bytes(folder_);
}

} // namespace learning_loop
