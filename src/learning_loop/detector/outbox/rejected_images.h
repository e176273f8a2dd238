#pragma once

#include "learning_loop/base/error.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace learning_loop {

class Disk;

/// The folder `outbox/rejected`: what the Loop will never take, and what lay among the images and is none. Each is a
/// folder of its own, with the reason in `reason.txt`. If they become too many bytes, the oldest are deleted. Blocks;
/// to be used by one thread at a time, but for the counters.
class RejectedImages {
public:
    static constexpr std::string_view reason_file = "reason.txt";

    /// Counts what is there. The folder must exist.
    RejectedImages(std::filesystem::path folder, std::uint64_t max_bytes, Disk& disk);

    /// Moves the folder of an image there; durable, together with its reason, when it returns. What was refused under
    /// that name before is replaced. On a full disk it is moved without its reason.
    void add(std::filesystem::path const& image, std::string const& reason);

    /// Moves anything there that is no image. Throws std::system_error if the system does not let it.
    void add_stranger(std::filesystem::path const& stranger, std::string const& reason);

    /// Moves an image to where it waits again, durably. Errors: not_found if there is none of that name.
    Result<void> restore(std::string const& name, std::filesystem::path const& to);

    /// Errors: not_found if there is none of that name.
    Result<void> drop(std::string const& name);

    bool contains(std::string const& name) const { return bytes_by_name_.contains(name); }
    std::filesystem::path folder_of(std::string const& name) const { return folder_ / name; }
    static Error no_such_image(std::string const& name); ///< not_found.

    /// From now on so many bytes may be there.
    void limit(std::uint64_t max_bytes) { max_bytes_ = max_bytes; }

    void clear(); ///< Deletes them all.

    std::uint64_t images() const { return images_; }   ///< On any thread.
    std::uint64_t bytes() const { return bytes_; }     ///< On any thread.
    std::uint64_t deleted() const { return deleted_; } ///< Since the start, to keep to the limit. On any thread.

private:
    std::uint64_t bytes_in(std::filesystem::path const& folder) const;
    bool write_reason(std::filesystem::path const& folder, std::string const& reason);
    void count(std::string const& name);
    void forget(std::string const& name);
    void keep_to_the_limit();

    std::filesystem::path folder_;
    std::atomic<std::uint64_t> max_bytes_;
    Disk& disk_;
    std::map<std::string, std::uint64_t> bytes_by_name_; ///< Ids sort by age.
    std::atomic<std::uint64_t> images_ = 0;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::uint64_t> deleted_ = 0;
};

} // namespace learning_loop
