#pragma once

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

// All of these block. Whatever fails and is not named as an error throws std::system_error.

namespace learning_loop {

/// Writes a file and waits until its bytes are on the disk (fdatasync); its name is durable only after `sync_folder`.
/// A link is not followed. Errors: out_of_space if the disk or a quota is full; then there is no such file any more.
Result<void> write_durably(std::filesystem::path const& file, std::string_view bytes);

/// Puts `bytes` in the place of `file` at once: a reader, also one after a power cut, sees the old or the new content,
/// whole. The folder must exist; safe only for one writer at a time. Errors: out_of_space if the disk is full; the old
/// content stays then.
Result<void> replace_durably(std::filesystem::path const& file, std::string_view bytes);

/// Waits until the bytes of a file that is there are on the disk. Its name is durable only after `sync_folder`.
void sync_file(std::filesystem::path const& file);

/// Makes what was created, renamed or removed in the folder itself durable.
void sync_folder(std::filesystem::path const& folder);

/// Makes the folder and what is missing above it; their names are durable when it returns. `folder` must be absolute.
void make_folder_durably(std::filesystem::path const& folder);

/// Renames and syncs both folders. Replaces `to` if it is a file.
void rename_durably(std::filesystem::path const& from, std::filesystem::path const& to);

/// The whole file. Errors: not_found if there is no such file. too_large if it is longer than `max_bytes`.
/// invalid_argument if it is a link, a folder or anything else but a plain file.
Result<std::string> read_file(std::filesystem::path const& file, std::size_t max_bytes);

/// Whether it is there with that length.
bool has_length(std::filesystem::path const& file, std::int64_t bytes);

/// Calls `change`, which changes the disk. Errors: those of `change`; out_of_space if it throws std::system_error
/// because there is no room.
Result<void> unless_disk_is_full(std::function<Result<void>()> const& change);

/// Bytes free for an ordinary user on the disk that holds `folder`.
std::uintmax_t free_bytes(std::filesystem::path const& folder);

/// One process per data folder: held from `take` until this goes, released by the system when the process dies.
class FolderLock {
public:
    /// Makes the folder if it is missing. Errors: conflict if another process holds the lock; the message names its
    /// process id. invalid_argument if the folder cannot be made, read or written.
    static Result<FolderLock> take(std::filesystem::path const& folder);

private:
    explicit FolderLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

    Descriptor descriptor_;
};

} // namespace learning_loop
