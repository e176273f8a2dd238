#pragma once

#include "learning_loop/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// Zips as they travel between Loop, trainer and detector: plain files side by side, no folders. Whatever else a zip may
// hold is refused, not repaired; every error names the entry. The functions block and may run on any number of threads.

namespace learning_loop {

/// What a zip from outside may cost at most.
struct ZipLimits {
    std::size_t max_entries = 1000;
    std::uintmax_t max_bytes = std::uintmax_t{4} << 30; ///< Of all unpacked files together.
    unsigned max_ratio = 200; ///< Unpacked bytes for each packed one; 16 MiB are accepted of any zip.
};

struct ZipEntry {
    std::string name;
    std::string bytes;
};

/// A file to be packed.
struct ZipSource {
    std::string name;
    std::string bytes{};
    std::filesystem::path file{}; ///< Unless empty: where the bytes lie on disk.
};

/// Unpacks into a folder that exists and is empty; everything is durable when it returns, and nothing stays behind when
/// it fails. invalid_argument: no zip, one without files, damaged, or an entry that is no plain file of a plain name
/// (printable ASCII, no slashes, none twice in any case of letters) or is encrypted or packed by anything but deflate.
/// too_large: beyond the limits. out_of_space.
Result<void> unpack_zip(std::filesystem::path const& zip, std::filesystem::path const& empty_folder,
                        ZipLimits const& limits = {});

/// The same for a zip in memory; all its files are in memory then, too.
Result<std::vector<ZipEntry>> read_zip(std::string_view zip, ZipLimits const& limits = {});

/// Packs without compressing, since weights and JPEGs hardly shrink: the same files give the same bytes on every
/// machine. Replaces `zip` at once and durably. invalid_argument: a name that `unpack_zip` would refuse. not_found: a
/// source that is missing. out_of_space.
Result<void> write_zip(std::filesystem::path const& zip, std::vector<ZipSource> const& sources);

} // namespace learning_loop
