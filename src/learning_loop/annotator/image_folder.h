#pragma once

#include "learning_loop/data/context.h"

#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <string>

namespace learning_loop {

/// Images of the Loop that were downloaded, `<data folder>/<organization>/<project>/images/<id>.jpg`, up to a number
/// of bytes. Whatever kind of image it is, its name ends so: other nodes name it so, too. Blocks; to be used by one
/// thread at a time. What the disk cannot do throws std::system_error.
class ImageFolder {
public:
    /// Takes over what is there. Half downloads are deleted. Other files are left alone.
    ImageFolder(std::filesystem::path data_folder, std::uint64_t max_bytes);

    /// Where the image is, or is to be; the folder is there when it returns. All three are names as is_name and is_uuid
    /// know them.
    std::filesystem::path file_of(Context const& project, std::string const& image_id);

    /// Whether the image is there. It counts as used.
    bool has(std::filesystem::path const& file);

    /// The image was downloaded. Deletes those that were not used for longest, beyond the bytes that are allowed.
    void add(std::filesystem::path const& file);

    void remove(std::filesystem::path const& file); ///< Since it is broken.

    std::uint64_t bytes() const { return bytes_; }

private:
    struct Entry {
        std::filesystem::path file;
        std::uint64_t bytes;
    };
    using Entries = std::list<Entry>;

    void take_over();
    void forget(Entries::iterator entry);

    std::filesystem::path data_folder_;
    std::uint64_t max_bytes_;
    std::uint64_t bytes_ = 0;
    Entries entries_; ///< The last used is first.
    std::map<std::filesystem::path, Entries::iterator> by_file_;
};

} // namespace learning_loop
