#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/detector/outbox/disk.h"
#include "learning_loop/detector/outbox/outbox_reader.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace learning_loop {

struct ExportSums {
    std::uint64_t copied = 0;                     ///< Images.
    std::uint64_t bytes = 0;                      ///< Of those.
    std::uint64_t there = 0;                      ///< Images that were there, with the same content.
    std::vector<std::string> others;              ///< Names of what is no image, and was not copied.
    std::vector<std::filesystem::path> differing; ///< Folders that are there with another content, and were left.
};

/// Copies the images of an outbox to another folder, laid out in the same way, so that a detector takes them over from
/// there. Each is there as a whole or not at all, also after a power cut: it is copied to `tmp`, synced and renamed.
/// What is there is never changed. Blocks. What fails and is not named as an error throws std::system_error.
class OutboxExport {
public:
    static constexpr std::size_t images_per_sync = 16;
    using Tell = std::function<void(ExportSums const&)>;

    /// `to`: the folder `outbox` to be made. Two of the same `to` must not run at a time.
    OutboxExport(OutboxReader const& from, std::filesystem::path to, Disk& disk = real_disk(),
                 std::size_t per_sync = images_per_sync);

    /// Errors: out_of_space if there is too little room for all of it.
    Result<void> check_room(std::span<OutboxQueue const> queues) const;

    /// `tell` is called from time to time. Errors: out_of_space if the disk is full; what was copied stays.
    Result<ExportSums> copy(std::span<OutboxQueue const> queues, Tell const& tell);

private:
    struct Batch {
        std::vector<std::string> names;
        std::vector<std::filesystem::path> files;
        std::vector<std::filesystem::path> folders;
        std::uint64_t bytes = 0;
    };

    Result<void> copy_all(std::span<OutboxQueue const> queues, Tell const& tell);
    void make_folders(std::span<OutboxQueue const> queues);
    Result<void> copy_one(OutboxQueue queue, std::string const& name, Batch& batch);
    Result<std::string> read(std::filesystem::path const& file) const;
    Result<void> stage(FoundImage const& image, Batch& batch);
    void finish(OutboxQueue queue, Batch& batch);
    std::set<std::string> names_at_target(OutboxQueue queue) const;
    void compare(OutboxQueue queue, std::string const& name);
    bool is_same(OutboxQueue queue, std::string const& name) const;
    std::filesystem::path target(OutboxQueue queue, std::string const& name) const;
    std::filesystem::path staged(std::string const& name) const { return to_ / "tmp" / name; }
    void remove_staged() noexcept;

    OutboxReader const& from_;
    std::filesystem::path to_;
    Disk& disk_;
    std::size_t per_sync_;
    ExportSums sums_;
};

} // namespace learning_loop
