#include "learning_loop/detector/outbox/disk.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/new_file.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_threads = 4;
constexpr std::size_t jobs_each = 3; // about those of an image, which take no longer one after another

/// Calls `job(0)` to `job(count - 1)` on some threads, this one included: many syncs are soon over when the disk gets
/// them together, also if other programs have the cores. If some throw, one of their exceptions is thrown once all have
/// ended.
void do_at_once(std::size_t count, std::function<void(std::size_t)> const& job)
{
    std::atomic<std::size_t> next = 0;
    std::mutex guard;
    std::exception_ptr failure;
    auto work = [&] {
        for (auto i = next++; i < count; i = next++) {
            try {
                job(i);
            } catch (...) {
                std::lock_guard const lock(guard);
                failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> others;
        try {
            for (std::size_t i = 1; i < std::min(count / jobs_each, max_threads); ++i) others.emplace_back(work);
        } catch (std::system_error const&) {
            // The system has no more threads: fewer do it, too.
        }
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

class RealDisk final : public Disk {
public:
    explicit RealDisk(Durability durability) : durability_(durability) {}

    Result<void> write_file(Path const& path, std::string_view bytes) override
    {
        auto file = NewFile::create(path, NewFile::Existing::replace);
        if (!file) return file.error();
        if (auto const written = file->append(bytes); !written) return written;
        if (durability_ == Durability::sync) file->begin_writeback();
        if (auto const closed = file->close(); !closed) return closed;
        file->keep();
        return {};
    }

    void make_folder(Path const& folder) override { fs::create_directories(folder); }

    void sync(std::vector<Path> const& files, std::vector<Path> const& folders) override
    {
        if (durability_ == Durability::os) return;
        do_at_once(files.size() + folders.size(), [&](std::size_t i) {
            if (i < files.size()) sync_file(files[i]);
            else sync_folder(folders[i - files.size()]);
        });
    }

    void rename(Path const& from, Path const& to) override { fs::rename(from, to); }
    void remove(Path const& path) override { fs::remove_all(path); }

    void list(Path const& folder, std::function<void(Entry)> const& visit) const override
    {
        for (auto const& entry : fs::directory_iterator(folder))
            visit({entry.path().filename().string(), !entry.is_symlink() && entry.is_directory()});
    }

    std::optional<std::uint64_t> file_bytes(Path const& file) const override
    {
        std::error_code missing;
        if (!fs::is_regular_file(fs::symlink_status(file, missing))) return std::nullopt;
        auto const bytes = fs::file_size(file, missing);
        return missing ? std::nullopt : std::optional<std::uint64_t>(bytes);
    }

    Result<std::string> read_file(Path const& file, std::size_t max_bytes) const override
    {
        return learning_loop::read_file(file, max_bytes);
    }

    std::uint64_t free_bytes(Path const& folder) const override { return learning_loop::free_bytes(folder); }

private:
    Durability durability_;
};

} // namespace

void remove_entries(Disk& disk, fs::path const& folder)
{
    std::vector<std::string> names;
    disk.list(folder, [&](Disk::Entry const& entry) { names.push_back(entry.name); });
    for (auto const& name : names) disk.remove(folder / name);
}

Disk& real_disk(Durability durability)
{
    static RealDisk with_sync(Durability::sync);
    static RealDisk without_sync(Durability::os);
    return durability == Durability::sync ? with_sync : without_sync;
}

} // namespace learning_loop
