#include "learning_loop/detector/outbox/rejected_images.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/detector/outbox/disk.h"

#include <system_error>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_name_bytes = 200; // of 255 that the system allows

} // namespace

RejectedImages::RejectedImages(fs::path folder, std::uint64_t max_bytes, Disk& disk)
    : folder_(std::move(folder)), max_bytes_(max_bytes), disk_(disk)
{
    disk_.list(folder_, [this](Disk::Entry const& entry) { count(entry.name); });
    keep_to_the_limit();
}

void RejectedImages::add(fs::path const& image, std::string const& reason)
{
    auto const name = image.filename().string();
    auto const reason_path = image / reason_file;
    if (write_reason(image, reason)) disk_.sync({reason_path}, {image});
    forget(name);
    disk_.remove(folder_ / name);
    disk_.rename(image, folder_ / name);
    disk_.sync({}, {folder_});
    count(name);
    keep_to_the_limit();
}

void RejectedImages::add_stranger(fs::path const& stranger, std::string const& reason)
{
    auto const name = stranger.filename().string();
    auto place = name;
    for (int i = 2; bytes_by_name_.contains(place); ++i)
        place = name.substr(0, max_name_bytes) + "." + std::to_string(i);
    auto const staged = folder_.parent_path() / "tmp" / place;
    disk_.make_folder(staged);
    write_reason(staged, reason);
    disk_.rename(staged, folder_ / place); // first, so that nothing lies there without its reason
    try {
        disk_.rename(stranger, folder_ / place / name);
    } catch (std::system_error const&) {
        disk_.remove(folder_ / place);
        throw;
    }
    count(place);
    keep_to_the_limit();
}

Result<void> RejectedImages::restore(std::string const& name, fs::path const& to)
{
    if (!contains(name)) return no_such_image(name);
    disk_.rename(folder_ / name, to);
    disk_.sync({}, {to.parent_path()});
    forget(name);
    try {
        disk_.remove(to / reason_file);
    } catch (std::system_error const& failure) { // it only lies there
        log::warn("outbox: {}", failure.what());
    }
    return {};
}

Result<void> RejectedImages::drop(std::string const& name)
{
    if (!contains(name)) return no_such_image(name);
    disk_.remove(folder_ / name);
    forget(name);
    return {};
}

Error RejectedImages::no_such_image(std::string const& name)
{
    return {Errc::not_found, "no image " + printable(name) + " was rejected"};
}

void RejectedImages::clear()
{
    remove_entries(disk_, folder_);
    bytes_by_name_.clear();
    images_ = 0;
    bytes_ = 0;
}

/// Returns false if there is no room for it: the reason is in the log, too.
bool RejectedImages::write_reason(fs::path const& folder, std::string const& reason)
{
    auto const file = folder / reason_file;
    if (!disk_.write_file(file, reason + "\n")) {
        disk_.remove(file);
        return false;
    }
    return true;
}

std::uint64_t RejectedImages::bytes_in(fs::path const& folder) const
{
    std::uint64_t bytes = 0;
    disk_.list(folder, [&](Disk::Entry const& entry) {
        auto const path = folder / entry.name;
        bytes += entry.is_folder ? bytes_in(path) : disk_.file_bytes(path).value_or(0);
    });
    return bytes;
}

void RejectedImages::count(std::string const& name)
{
    std::uint64_t bytes = 0;
    try {
        bytes = disk_.file_bytes(folder_ / name).value_or(0);
        if (bytes == 0) bytes = bytes_in(folder_ / name);
    } catch (std::system_error const& failure) { // a stranger that may not be read
        log::warn("outbox: {} cannot be counted: {}", printable(name), failure.what());
    }
    bytes_by_name_[name] = bytes;
    bytes_ += bytes;
    ++images_;
}

void RejectedImages::forget(std::string const& name)
{
    auto const known = bytes_by_name_.find(name);
    if (known == bytes_by_name_.end()) return;
    bytes_ -= known->second;
    --images_;
    bytes_by_name_.erase(known);
}

void RejectedImages::keep_to_the_limit()
{
    while (bytes_ > max_bytes_ && !bytes_by_name_.empty()) {
        auto const oldest = bytes_by_name_.begin()->first;
        log::warn("outbox: the rejected images are more than {} bytes; the oldest is deleted: {}", max_bytes_.load(),
                  printable(oldest));
        try {
            disk_.remove(folder_ / oldest);
            ++deleted_;
        } catch (std::system_error const& failure) { // it belongs to somebody else, and counts no more
            log::warn("outbox: {} stays: {}", printable(oldest), failure.what());
        }
        forget(oldest);
    }
}

} // namespace learning_loop
