#pragma once

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace learning_loop {

/// A file while it is written: removed when this goes, unless it is kept. Blocks. Whatever fails for another reason
/// than a full disk or quota throws std::system_error.
class NewFile {
public:
    enum class Existing {
        refuse, ///< A file of that name is an error (it throws).
        replace ///< A file of that name is emptied.
    };

    /// Makes an empty file; `mode` is its rights. A link is never followed. Errors: out_of_space if the disk is full
    /// or may hold no more files.
    static Result<NewFile> create(std::filesystem::path path, Existing existing = Existing::refuse,
                                  unsigned mode = 0644);

    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&& other) noexcept;
    ~NewFile();

    /// Errors: out_of_space if the disk is full; a part of the bytes may be in the file then.
    Result<void> append(std::string_view bytes);

    /// Makes it empty again.
    void truncate();

    /// Waits until the bytes are on the disk (fdatasync), then closes: nothing can be appended any more. The name is
    /// durable only after `sync_folder`. Errors: out_of_space if the disk is full.
    Result<void> sync();

    /// Lets the disk begin with what was appended, and does not wait for it: several files are synced sooner then.
    void begin_writeback();

    /// All that was appended can be read by path; nothing can be appended any more. Errors: out_of_space if the disk is
    /// full.
    Result<void> close();

    /// Gives it another name on the same disk, in the place of a file that has it. Neither name is durable before its
    /// folder was synced.
    void move_to(std::filesystem::path path);

    /// Lets it stay when this goes, under whatever name it has by then.
    void keep() { is_kept_ = true; }

    std::filesystem::path const& path() const { return path_; } ///< As it was created, or moved to.
    std::uint64_t size_bytes() const { return size_bytes_; }

private:
    NewFile(std::filesystem::path path, Descriptor descriptor);
    void remove() noexcept;

    std::filesystem::path path_;
    Descriptor descriptor_;
    std::uint64_t size_bytes_ = 0;
    bool is_kept_ = false;
};

} // namespace learning_loop
