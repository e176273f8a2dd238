#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::store {

/// Where images lie: `<root>/<organization>/<project>/<two digits>/<id>`, some hundred folders a project, so that none
/// grows long. Blocks. `path_of` from any thread; the rest from one at a time.
class BlobFiles {
public:
    /// Makes the folder and removes what a crash left half written.
    explicit BlobFiles(std::filesystem::path const& root);

    /// Names and id must be `is_name` and `is_uuid`: they become a path.
    std::filesystem::path path_of(std::string_view organization, std::string_view project, std::string_view id) const;

    struct NewFile {
        std::filesystem::path path; ///< From `path_of`.
        std::string_view bytes;
    };
    /// Writes all files and returns when they are durable, names included. A file that is there already is replaced: it
    /// is what a crash left before its row was committed. out_of_space: no file is there under its name.
    Result<void> put(std::vector<NewFile> const& files);

private:
    Result<void> put_now(std::vector<NewFile> const& files);

    std::filesystem::path root_;
    std::filesystem::path incoming_; ///< No organization has a name like that.
};

} // namespace learning_loop::store
