#pragma once

#include "learning_loop/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// Zips as they travel between Loop, trainer and detector: plain files side by side, no folders. Whatever else a zip may
// hold is refused, not repaired, but for what people pack by hand (`read_flat_zip`); an error that is about an entry
// names it. A comment of any length is passed over. The functions block and may run on any number of threads. What the
// disk cannot do for another reason than want of space throws std::system_error.

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

/// Unpacks into a folder that exists and is empty. Everything is durable when it returns; if it fails, nothing stays
/// behind. Errors: not_found if there is no such zip. invalid_argument if it is no zip, has no files, is damaged,
/// contradicts itself, or has an entry that is no plain file, has no plain name (printable ASCII, no slashes, none
/// twice in any case of letters), is encrypted or is packed by another method than deflate. too_large if it is beyond
/// the limits. out_of_space if the disk is full.
Result<void> unpack_zip(std::filesystem::path const& zip, std::filesystem::path const& empty_folder,
                        ZipLimits const& limits = {});

/// The same for a zip in memory; all its files are in memory then, too. Errors as `unpack_zip`, but for the disk.
Result<std::vector<ZipEntry>> read_zip(std::string_view zip, ZipLimits const& limits = {});

/// A zip as people pack it.
struct FlatZip {
    std::vector<ZipEntry> entries;
    std::vector<std::string> remarks; ///< On what was not taken as it was; for whoever packed it.
};

/// The same for a zip that was packed by hand: what macOS puts beside the files is left out, and the one folder in
/// which all files lie is taken off. Errors as `read_zip`; other folders are refused.
Result<FlatZip> read_flat_zip(std::string_view zip, ZipLimits const& limits = {});

/// Whether it can be unpacked, folders and all, and stays where it is unpacked. Errors as `read_zip`, but names may
/// have any characters and come twice.
Result<void> check_zip(std::string_view zip, ZipLimits const& limits = {});

/// Whether files of these names can lie in a zip side by side. Errors: invalid_argument names one that cannot.
Result<void> check_zip_names(std::vector<std::string> const& names);

/// Packs without compressing, since weights and JPEGs hardly shrink: the same files give the same bytes on every
/// machine. Replaces `zip` at once and durably. Errors: invalid_argument if `unpack_zip` would refuse a name. not_found
/// if a source is missing. out_of_space if the disk is full.
Result<void> write_zip(std::filesystem::path const& zip, std::vector<ZipSource> const& sources);

} // namespace learning_loop
