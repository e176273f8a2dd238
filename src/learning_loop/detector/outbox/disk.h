#pragma once

#include "learning_loop/base/error.h"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// What an image that was acknowledged survives.
enum class Durability {
    sync, ///< The death of the process, and a power cut.
    os    ///< The death of the process only: nothing waits for the disk.
};
BOOST_DESCRIBE_ENUM(Durability, sync, os)

/// What the outbox asks of a disk: few calls, so that a test can stand in for it and cut its power. What was changed
/// survives a power cut only after the syncs that each call names. Blocks. Whatever fails and is not named as an error
/// throws std::system_error.
class Disk {
public:
    using Path = std::filesystem::path;

    struct Entry {
        std::string name;
        bool is_folder = false; ///< A link to one is none.
    };

    Disk() = default;
    Disk(Disk const&) = delete;
    Disk& operator=(Disk const&) = delete;
    virtual ~Disk() = default;

    /// Makes a file, or empties the one that is there, and writes it. Its bytes are durable after `sync` of the file,
    /// its name after `sync` of its folder. Errors: out_of_space.
    virtual Result<void> write_file(Path const& file, std::string_view bytes) = 0;

    /// With what is missing above it; does nothing if it is there. Its name is durable after `sync` of the folder that
    /// it is in.
    virtual void make_folder(Path const& folder) = 0;

    /// Makes durable the bytes of files, and what was created, renamed and removed in folders themselves. Many
    /// take hardly longer than a few.
    virtual void sync(std::vector<Path> const& files, std::vector<Path> const& folders) = 0;

    /// At once, also for a file that is in the way. Durable after `sync` of the folder that it is in then.
    virtual void rename(Path const& from, Path const& to) = 0;

    /// With all that is in it; does nothing if it is not there. A link is not followed.
    virtual void remove(Path const& path) = 0;

    virtual void list(Path const& folder, std::function<void(Entry)> const& visit) const = 0;

    virtual std::optional<std::uint64_t> file_bytes(Path const& file) const = 0; ///< nullopt: no plain file is there.

    /// Errors: not_found. too_large if it is longer than `max_bytes`. invalid_argument if it is no plain file.
    virtual Result<std::string> read_file(Path const& file, std::size_t max_bytes) const = 0;

    virtual std::uint64_t free_bytes(Path const& folder) const = 0;
};

/// Deletes what is in a folder.
void remove_entries(Disk& disk, Disk::Path const& folder);

/// The disk of this machine.
Disk& real_disk(Durability durability = Durability::sync);

} // namespace learning_loop
