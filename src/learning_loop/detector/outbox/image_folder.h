#pragma once

#include "learning_loop/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace learning_loop {

class Disk;

/// Beside the two files of an image: when it was taken, until a clock that was not set then has been set.
inline constexpr std::string_view clock_mark_file = "clock.json";

inline constexpr std::size_t max_metadata_bytes = 64u << 20; ///< Of the file beside an image.

/// The name of one of an image's two files: `image_<id>.jpg` or `image_<id>.json`.
std::string image_file_name(std::string_view id, std::string_view extension);

/// How long the two files are together of the image in a folder, which has its id as its name. Errors: not_found if it
/// holds no whole image; the message tells what is missing.
Result<std::uint64_t> image_bytes_in(std::filesystem::path const& folder, Disk const& disk);

} // namespace learning_loop
