#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace learning_loop {

/// Writes a new file and waits until its bytes are on the disk (fdatasync); its name is durable only after
/// `sync_folder`. out_of_space: the disk or a quota is full, nothing is left behind. Anything else that fails throws
/// std::system_error.
Result<void> write_durably(std::filesystem::path const& file, std::string_view bytes);

/// Puts `bytes` in the place of `file` at once: a reader, also one after a power cut, sees the old or the new content,
/// whole. The folder must exist; safe only for one writer at a time.
Result<void> replace_durably(std::filesystem::path const& file, std::string_view bytes);

/// Makes what was created, renamed or removed in the folder itself durable.
void sync_folder(std::filesystem::path const& folder);

/// Makes the folder and what is missing above it; their names are durable when it returns. `folder` must be absolute.
void make_folder_durably(std::filesystem::path const& folder);

/// Renames and syncs both folders. Replaces `to` when it is a file.
void rename_durably(std::filesystem::path const& from, std::filesystem::path const& to);

/// not_found: there is no such file. too_large: it is longer than `max_bytes`. invalid_argument: it is no plain file
/// (links are not followed). Anything else that fails throws std::system_error.
Result<std::string> read_file(std::filesystem::path const& file, std::size_t max_bytes);

/// Runs what changes the disk, and turns what it throws because there is no room into out_of_space.
Result<void> unless_disk_is_full(std::function<Result<void>()> const& change);

/// Bytes free for an ordinary user on the disk that holds `folder`.
std::uintmax_t free_bytes(std::filesystem::path const& folder);

/// One process per data folder: held from `take` until destruction, released by the system when the process dies.
class FolderLock {
public:
    /// Makes the folder when it is missing. conflict: another process holds it, named with its pid. invalid_argument:
    /// the folder cannot be made, read or written.
    static Result<FolderLock> take(std::filesystem::path const& folder);

    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
};

} // namespace learning_loop
