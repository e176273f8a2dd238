#pragma once

#include "learning_loop/archive/impl/zip_input.h"

#include <cstdint>
#include <string>
#include <vector>

namespace learning_loop {

/// What a zip's table of contents tells of an entry.
struct ZipRecord {
    std::string name;        ///< Its bytes, in whatever encoding.
    std::uint64_t place = 0; ///< Where the entry begins.
    std::uint64_t packed_bytes = 0;
    std::uint64_t unpacked_bytes = 0;
    std::uint32_t checksum = 0;
    unsigned flags = 0;
    unsigned method = 0;
};

/// A zip's table of contents.
struct ZipContents {
    std::vector<ZipRecord> records; ///< By their places.
    std::uint64_t end_bytes = 0;    ///< Of the zip without its comment, whose length stands in the last two of them.
};

/// Not a zip, or not all of it.
Error no_zip();

/// Reads the table of contents and compares it with the header of each entry: a zip that two programs could read in
/// two ways is refused. A comment of any length is passed over. Errors: invalid_argument if there is no such table, if
/// it contradicts itself or the entries, if there are no entries, or if two of them share bytes. too_large if there are
/// too many.
Result<ZipContents> read_zip_contents(ZipInput const& zip, std::size_t max_entries);

} // namespace learning_loop
