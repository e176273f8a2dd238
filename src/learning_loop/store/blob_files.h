#pragma once

#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::store {

/// Where images lie: `<root>/<organization>/<project>/<two digits>/<id>`, some hundred folders a project, so that none
/// grows long. Blocks. Any thread may call `path_of`; the rest is for one thread at a time.
class BlobFiles {
public:
    /// Makes the folder and removes what a crash left half written.
    /// `min_free_bytes` of the disk are left free.
    explicit BlobFiles(std::filesystem::path const& root, std::uint64_t min_free_bytes = 0);

    /// Callers must have checked the names with `is_name` and the id with `is_uuid`: they become a path.
    std::filesystem::path path_of(std::string_view organization, std::string_view project, std::string_view id) const;

    /// The same for any root.
    static std::filesystem::path path_in(std::filesystem::path const& root, std::string_view organization,
                                         std::string_view project, std::string_view id);

    struct Blob {
        std::filesystem::path path; ///< From `path_of`.
        std::string_view bytes;
    };
    /// Writes all files and returns when they are durable, names included. A file that is there already is replaced:
    /// it has no row, since a crash or a full disk came before that. Errors: out_of_space if the disk is full, or would
    /// be; some of the files may be there then.
    Result<void> put(std::vector<Blob> const& blobs);

private:
    Result<void> put_now(std::vector<Blob> const& blobs);

    std::filesystem::path root_;
    std::uint64_t min_free_bytes_;
    std::filesystem::path incoming_; ///< No organization has a name like that.
};

} // namespace learning_loop::store
